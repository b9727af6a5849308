/* Every subfield as a row. */

#include "sixteen.h"

enum { RECORD, FIELD, TAG, INDICATORS, CODE, ENDS, VALUES, ROW_COLUMNS };

static const int width[ROW_COLUMNS] = {4, 4, 3, 2, 1, 4, 0};

/* Have room for all the rows and values of a record at once: a row has a delimiter, or is a control
   field; the copy of a value may write fifteen bytes more. */
static int reserve_rows(Bytes *b, const Record *record)
{
    size_t rows = (size_t)record->delimiters + record->entries;
    for (int i = 0; i < ROW_COLUMNS; i++)
        if (!reserve(&b[i], i == VALUES ? (size_t)record->size + 16 : rows * width[i])) return 0;
    return 1;
}

static int any_failed(const Bytes *b)
{
    int failed = 0;
    for (int i = 0; i < ROW_COLUMNS; i++) failed |= b[i].failed;
    return failed;
}

/* Where the next row goes in each column. */
typedef struct {
    int32_t *record, *field, *end;
    byte *tag, *marks, *code, *value;
} Rows;

static void *next_in(const Bytes *b) { return b->data + b->used; }

/* Add the rows of a record; return how many there are. What is written is held in variables of its
   own, which bytes that are stored cannot alias. */
static int add_rows(Rows rows, const Record *record, int32_t number, int32_t used,
                    const byte *limit)
{
    int32_t *const first = rows.record;
    Field f = BEFORE_FIRST(*record);
    for (int i = 0; i < record->entries; i++) {
        next_field(record, i, &f);
        const int control = is_control(f.tag);
        const byte *marks = control ? (const byte *)"  " : f.start;
        const byte *value = control ? f.start : f.start + 4, *next = NULL;
        for (; next != f.stop; value = next + 2) {
            next = copy_value(rows.value, value, limit);
            rows.value += next - value;
            used += (int32_t)(next - value);
            *rows.record++ = number;
            *rows.field++ = i;
            *rows.end++ = used;
            memcpy(rows.tag, f.tag, 3);
            memcpy(rows.marks, marks, 2);
            *rows.code++ = control ? ' ' : value[-1];
            rows.tag += 3;
            rows.marks += 2;
        }
    }
    return (int)(rows.record - first);
}

static void append_rows(Bytes *b, const Record *record, int32_t number, const byte *limit)
{
    Rows rows = {next_in(&b[RECORD]), next_in(&b[FIELD]), next_in(&b[ENDS]),  next_in(&b[TAG]),
                 next_in(&b[INDICATORS]), next_in(&b[CODE]),  next_in(&b[VALUES])};
    int count = add_rows(rows, record, number, (int32_t)b[VALUES].used, limit);
    for (int i = 0; i < VALUES; i++) b[i].used += (size_t)count * width[i];
    if (count) {
        int32_t end;
        memcpy(&end, b[ENDS].data + b[ENDS].used - 4, 4);
        b[VALUES].used = (size_t)end;
    }
}

static void put_row(Bytes *b, int32_t number, int32_t field, const byte *tag, const byte *marks,
                    byte code, const byte *value, const byte *stop)
{
    put32(&b[RECORD], number);
    put32(&b[FIELD], field);
    put(&b[TAG], tag, 3);
    put(&b[INDICATORS], marks, 2);
    put(&b[CODE], &code, 1);
    put(&b[VALUES], value, stop - value);
    put32(&b[ENDS], (int32_t)b[VALUES].used);
}

/* Add the rows of a record that has delimiters without codes after them: what follows one is no
   subfield if there is nothing, and else its first character is the code, "?" when not ASCII. */
static void append_odd_rows(Bytes *b, const Record *record, int32_t number)
{
    Field f = BEFORE_FIRST(*record);
    for (int i = 0; i < record->entries; i++) {
        next_field(record, i, &f);
        if (is_control(f.tag)) {
            put_row(b, number, i, f.tag, (const byte *)"  ", ' ', f.start, f.stop);
            continue;
        }
        for (const byte *d = f.start + 2, *next; d < f.stop; d = next) {
            next = memchr(d + 1, DELIMITER, f.stop - d - 1);
            if (!next) next = f.stop;
            if (next == d + 1) continue;
            int size = d[1] < 0x80 ? 1 : d[1] < 0xe0 ? 2 : d[1] < 0xf0 ? 3 : 4;
            put_row(b, number, i, f.tag, f.start, size > 1 ? '?' : d[1], d + 1 + size, next);
        }
    }
}

/* Add the rows of the records from *at on, before which there were so many, as far as they can be
   read here; return how many there are then. The interpreter's lock need not be held. */
static Py_ssize_t subfields_run(const byte *data, Py_ssize_t size, Py_ssize_t *at, int final,
                                Py_ssize_t records, Py_ssize_t most, Bytes *b, Odd *odd)
{
    Record record;
    for (; records < most && b[VALUES].used < MOST_BYTES - 100000u; records++) {
        const byte *limit = data + size;
        int step = 0;
        if (plain_record(data + *at, size - *at, final, &record)) {
            step = record.size;
        } else {
            step = odd_record(odd, data, size, *at, final, records, &record);
            if (step) limit = record.p + record.size;
        }
        if (!step) break;
        if (record.odd) append_odd_rows(b, &record, (int32_t)records);
        else if (reserve_rows(b, &record)) append_rows(b, &record, (int32_t)records, limit);
        else break;
        *at += step;
    }
    return records;
}

/* Add the rows of a record: fields, tags, indicators, codes, ends and values; 0 for an error. */
static int add_given(Bytes *b, int32_t number, PyObject *rows)
{
    static const int order[] = {FIELD, TAG, INDICATORS, CODE, ENDS, VALUES};
    const char *given[6];
    Py_ssize_t sizes[6];
    if (!PyArg_ParseTuple(rows, "y#y#y#y#y#y#", &given[0], &sizes[0], &given[1], &sizes[1],
                          &given[2], &sizes[2], &given[3], &sizes[3], &given[4], &sizes[4],
                          &given[5], &sizes[5]))
        return 0;
    Py_ssize_t count = sizes[3];
    for (int i = 0; i < 5; i++)
        if (sizes[i] != count * width[order[i]]) {
            PyErr_SetString(PyExc_ValueError, "columns of different lengths");
            return 0;
        }
    int32_t used = (int32_t)b[VALUES].used;
    for (Py_ssize_t i = 0; i < count; i++) {
        int32_t end;
        memcpy(&end, given[4] + 4 * i, 4);
        put32(&b[RECORD], number);
        put32(&b[ENDS], used + end);
    }
    for (int i = 0; i < 6; i++)
        if (order[i] != ENDS) put(&b[order[i]], given[i], sizes[i]);
    return 1;
}

/* Add the rows of the record at *at as Python reads it; 1 when there was one, 0 when there was none,
   -1 for an error. */
static int rows_of_odd(Odd *odd, Py_ssize_t size, Py_ssize_t *at, Py_ssize_t records, Bytes *b)
{
    PyObject *rows = read_odd(odd, at, records, size);
    int there = rows && rows != Py_None;
    int done = rows && (!there || add_given(b, (int32_t)records, rows));
    Py_XDECREF(rows);
    return done ? there : -1;
}

const char subfields_doc[] = PyDoc_STR("subfields(data, at, final, most, odd=None) -> "
"(after, records, columns)\n\n"
"Take apart the plain records that follow each other from `at` on. The columns, a row for each "
"subfield or control field: record and field number from 0 (int32), tag (3 bytes), indicators (2 "
"bytes), code (1 byte, blank for control fields), where each value ends in the values (int32, "
"with a leading 0), and the values one after the other.\n\n"
"`odd` is what it is for `gather`, but for what it returns of a record that it read: the columns "
"of its rows, without that of records, and with ends that begin with that of the first value.");

PyObject *subfields(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source;
    Odd odd = {Py_None, 0, 0, {NULL, 0, 0, 0}, {NULL, 0, 0, 0}};
    Py_ssize_t at, most, records = 0;
    int final, done = 1;
    Bytes b[ROW_COLUMNS];
    (void)self;
    if (!PyArg_ParseTuple(args, "Onpn|O", &source, &at, &final, &most, &odd.told)) return NULL;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    memset(b, 0, sizeof b);
    if (at < 0 || at > view.len) at = view.len;
    for (int i = 0; i < ROW_COLUMNS; i++) /* a row takes some twenty bytes of a record or more */
        use_spare(&b[i], i == VALUES ? view.len - at : (view.len - at) / 20 * width[i]);
    put32(&b[ENDS], 0);
    for (;; records += done) {
        look_for_odd(&odd);
        Py_BEGIN_ALLOW_THREADS
        records = subfields_run(view.buf, view.len, &at, final, records, most, b, &odd);
        Py_END_ALLOW_THREADS
        if (odd.failed || odd.told == Py_None || at >= view.len || records >= most ||
            any_failed(b) || b[VALUES].used >= MOST_BYTES - 100000u)
            break;
        done = rows_of_odd(&odd, view.len, &at, records, b);
        if (done < 0) break;
    }
    if (done >= 0 && !tell_notes(&odd)) done = -1;
    forget_odd(&odd);
    PyBuffer_Release(&view);
    if (done < 0) {
        for (int i = 0; i < ROW_COLUMNS; i++) free(b[i].data);
        return NULL;
    }
    PyObject *columns = PyTuple_New(ROW_COLUMNS);
    for (int i = 0; i < ROW_COLUMNS; i++) {
        PyObject *made = taken(&b[i]);
        if (!made) Py_CLEAR(columns);
        if (columns) PyTuple_SetItem(columns, i, made);
        else Py_XDECREF(made);
    }
    return columns ? Py_BuildValue("nnN", at, records, columns) : NULL;
}
