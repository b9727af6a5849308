/* Fields of many records, collected column by column. */

#include "sixteen.h"

#define MOST_COLUMNS 64
#define MOST_BYTES 0x7fff0000u /* offsets are int32; no record has more than 99,999 bytes */

typedef struct {
    uint64_t codes[2]; /* the subfields wanted, a bit for each ASCII character */
    int whole;         /* or the field as it stands */
    Bytes values, ends, counts;
    int32_t count;
} Column;

/* For each place of a tag and each byte there, which columns have that byte in their tag: what is
   set in all three is the columns of a field, so that many columns cost no more than one. */
typedef struct { uint64_t have[3][256]; } Tags;

static uint64_t columns_of(const Tags *tags, const byte *tag)
{
    return tags->have[0][tag[0]] & tags->have[1][tag[1]] & tags->have[2][tag[2]];
}

static void gather_value(Column *c, const byte *from, const byte *to)
{
    put(&c->values, from, to - from);
    put32(&c->ends, (int32_t)c->values.used);
    c->count++;
}

static void gather_field(Column *c, const Field *f)
{
    if (c->whole) {
        gather_value(c, f->start, f->stop);
        return;
    }
    const byte *d = f->start + 2, *next;
    for (; d < f->stop; d = next) {
        next = memchr(d + 1, DELIMITER, f->stop - d - 1);
        if (!next) next = f->stop;
        if (c->codes[d[1] >> 6] >> (d[1] & 63) & 1) gather_value(c, d + 2, next);
    }
}

static int full(const Column *columns, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        if (columns[i].values.used > MOST_BYTES - 100000u || columns[i].values.failed ||
            columns[i].ends.failed)
            return 1;
    return 0;
}

/* Gather from the plain records from *at on; return how many there were. */
static Py_ssize_t gather_run(const byte *data, Py_ssize_t size, Py_ssize_t *at, int final,
                             Py_ssize_t most, const Tags *tags, Column *columns, Py_ssize_t n)
{
    Record record;
    Py_ssize_t records = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        put32(&columns[i].ends, 0);
        put32(&columns[i].counts, 0);
    }
    for (; records < most && !full(columns, n); records++) {
        if (!plain_record(data + *at, size - *at, final, &record)) break;
        Field field = BEFORE_FIRST(record);
        for (int j = 0; j < record.entries; j++) {
            next_field(&record, j, &field);
            uint64_t wanted = columns_of(tags, field.tag);
            for (Py_ssize_t i = 0; wanted; i++, wanted >>= 1)
                if (wanted & 1) gather_field(&columns[i], &field);
        }
        for (Py_ssize_t i = 0; i < n; i++) put32(&columns[i].counts, columns[i].count);
        *at += record.size;
    }
    return records;
}

/* Take the columns asked for from pairs of a tag and codes; 0 with an exception for others. */
static int read_columns(PyObject *specs, Py_ssize_t n, Tags *tags, Column *columns)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        const char *tag, *codes;
        Py_ssize_t length, many;
        PyObject *pair = PySequence_GetItem(specs, i);
        if (!pair) return 0;
        int read = PyArg_ParseTuple(pair, "y#y#", &tag, &length, &codes, &many);
        if (read && length != 3) {
            PyErr_SetString(PyExc_ValueError, "a tag has three bytes");
            read = 0;
        }
        for (int place = 0; read && place < 3; place++)
            tags->have[place][(byte)tag[place]] |= UINT64_C(1) << i;
        for (Py_ssize_t j = 0; read && j < many; j++)
            if (!(codes[j] & 0x80)) /* no other code is one of a plain record */
                columns[i].codes[codes[j] >> 6] |= UINT64_C(1) << (codes[j] & 63);
        columns[i].whole = read && !many;
        Py_DECREF(pair);
        if (!read) return 0;
    }
    return 1;
}

static PyObject *column_results(Column *columns, Py_ssize_t n)
{
    PyObject *results = PyList_New(n);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *values = taken(&columns[i].values), *ends = taken(&columns[i].ends),
                 *counts = taken(&columns[i].counts);
        PyObject *triple = values && ends && counts ? PyTuple_Pack(3, values, ends, counts) : NULL;
        Py_XDECREF(values);
        Py_XDECREF(ends);
        Py_XDECREF(counts);
        if (!triple) Py_CLEAR(results);
        else if (!results) Py_DECREF(triple);
        else PyList_SetItem(results, i, triple);
    }
    return results;
}

const char gather_doc[] = "gather(data, at, final, most, columns) -> (after, records, results)\n\n"
"Collect fields of the plain records that follow each other from `at` on. `columns` are pairs of "
"a tag and subfield codes, both bytes: each subfield is a value; without codes the field is "
"taken whole. Each result is "
"(values, ends, counts): the values one after the other, where each ends, and how many values "
"there were by the end of each record (int32, each with a leading 0).";

PyObject *gather(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source, *specs;
    Py_ssize_t at, most, records;
    int final;
    (void)self;
    if (!PyArg_ParseTuple(args, "OnpnO", &source, &at, &final, &most, &specs)) return NULL;
    Py_ssize_t n = PySequence_Size(specs);
    if (n < 0) return NULL;
    if (n > MOST_COLUMNS) {
        PyErr_SetString(PyExc_ValueError, "too many columns");
        return NULL;
    }
    Column columns[MOST_COLUMNS];
    Tags tags;
    memset(columns, 0, sizeof columns);
    memset(&tags, 0, sizeof tags);
    if (!read_columns(specs, n, &tags, columns)) return NULL;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    if (at < 0 || at > view.len) at = view.len;
    Py_BEGIN_ALLOW_THREADS
    records = gather_run(view.buf, view.len, &at, final, most, &tags, columns, n);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    PyObject *results = column_results(columns, n);
    return results ? Py_BuildValue("nnN", at, records, results) : NULL;
}

/* Every subfield as a row. */

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

static Py_ssize_t subfields_run(const byte *data, Py_ssize_t size, Py_ssize_t *at, int final,
                                Py_ssize_t most, Bytes *b)
{
    Record record;
    Py_ssize_t records = 0;
    put32(&b[ENDS], 0);
    for (; records < most && b[VALUES].used < MOST_BYTES - 100000u; records++) {
        if (!plain_record(data + *at, size - *at, final, &record)) break;
        if (!reserve_rows(b, &record)) break;
        append_rows(b, &record, (int32_t)records, data + size);
        *at += record.size;
    }
    return records;
}

const char subfields_doc[] = "subfields(data, at, final, most) -> (after, records, columns)\n\n"
"Take apart the plain records that follow each other from `at` on. The columns, a row for each "
"subfield or control field: record and field number from 0 (int32), tag (3 bytes), indicators (2 "
"bytes), code (1 byte, blank for control fields), where each value ends in the values (int32, "
"with a leading 0), and the values one after the other.";

PyObject *subfields(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source;
    Py_ssize_t at, most, records;
    int final;
    Bytes b[ROW_COLUMNS];
    (void)self;
    if (!PyArg_ParseTuple(args, "Onpn", &source, &at, &final, &most)) return NULL;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    memset(b, 0, sizeof b);
    if (at < 0 || at > view.len) at = view.len;
    for (int i = 0; i < ROW_COLUMNS; i++) /* a row takes some twenty bytes of a record or more */
        use_spare(&b[i], i == VALUES ? view.len - at : (view.len - at) / 20 * width[i]);
    Py_BEGIN_ALLOW_THREADS
    records = subfields_run(view.buf, view.len, &at, final, most, b);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    PyObject *columns = PyTuple_New(ROW_COLUMNS);
    for (int i = 0; i < ROW_COLUMNS; i++) {
        PyObject *made = taken(&b[i]);
        if (!made) Py_CLEAR(columns);
        if (columns) PyTuple_SetItem(columns, i, made);
        else Py_XDECREF(made);
    }
    return columns ? Py_BuildValue("nnN", at, records, columns) : NULL;
}
