/* Fields of many records, collected column by column. */

#include "scan.h"

#define MOST_COLUMNS 64

typedef struct {
    uint64_t codes[4]; /* the subfields wanted, a bit for each byte; none above ASCII */
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

/* Gather a whole field, without delimiters that nothing follows. */
static void gather_whole(Column *c, const Field *f, int odd)
{
    const byte *from = f->start, *d = from;
    while (odd && (d = memchr(d, DELIMITER, f->stop - d))) {
        if (++d < f->stop && *d != DELIMITER) continue;
        put(&c->values, from, d - 1 - from);
        from = d;
    }
    gather_value(c, from, f->stop);
}

static void gather_field(Column *c, const Field *f, int odd)
{
    if (c->whole) {
        gather_whole(c, f, odd);
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

static void gather_record(Column *columns, Py_ssize_t n, const Tags *tags, const Record *record)
{
    Field field = BEFORE_FIRST(*record);
    for (int j = 0; j < record->entries; j++) {
        next_field(record, j, &field);
        uint64_t wanted = columns_of(tags, field.tag);
        for (Py_ssize_t i = 0; wanted; i++, wanted >>= 1)
            if (wanted & 1) gather_field(&columns[i], &field, record->odd);
    }
    for (Py_ssize_t i = 0; i < n; i++) put32(&columns[i].counts, columns[i].count);
}

/* Gather from the records from *at on, before which there were so many, as far as they can be read
   here; return how many there are then. The interpreter's lock need not be held. */
static Py_ssize_t gather_run(const byte *data, Py_ssize_t size, Py_ssize_t *at, int final,
                             Py_ssize_t records, Py_ssize_t most, const Tags *tags,
                             Column *columns, Py_ssize_t n, Odd *odd)
{
    Record record;
    for (; records < most && !full(columns, n); records++) {
        int step = 0;
        if (plain_record(data + *at, size - *at, final, &record)) step = record.size;
        else step = odd_record(odd, data, size, *at, final, records, &record);
        if (!step) break;
        gather_record(columns, n, tags, &record);
        *at += step;
    }
    return records;
}

/* Add the values of a record: for each column a list of bytes; 0 for an error. */
static int gather_values(Column *columns, Py_ssize_t n, PyObject *lists)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *list = PySequence_GetItem(lists, i);
        if (!list || !PyList_Check(list)) {
            Py_XDECREF(list);
            if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "a list for each column");
            return 0;
        }
        int good = 1;
        for (Py_ssize_t j = 0; good && j < PyList_Size(list); j++) {
            char *value;
            Py_ssize_t size;
            good = PyBytes_AsStringAndSize(PyList_GetItem(list, j), &value, &size) == 0;
            if (good) gather_value(&columns[i], (byte *)value, (byte *)value + size);
        }
        Py_DECREF(list);
        if (!good) return 0;
        put32(&columns[i].counts, columns[i].count);
    }
    return 1;
}

/* Gather from the record at *at as Python reads it; 1 when there was one, 0 when there was none, -1 for
   an error. */
static int gather_odd(Odd *odd, Py_ssize_t size, Py_ssize_t *at, Py_ssize_t records,
                      Column *columns, Py_ssize_t n)
{
    PyObject *values = read_odd(odd, at, records, size);
    int there = values && values != Py_None;
    int done = values && (!there || gather_values(columns, n, values));
    Py_XDECREF(values);
    return done ? there : -1;
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

const char gather_doc[] = PyDoc_STR("gather(data, at, final, most, columns, odd=None) -> "
"(after, records, results)\n\n"
"Collect fields of the plain records that follow each other from `at` on. `columns` are pairs of "
"a tag and subfield codes, both bytes: each subfield is a value; without codes the field is "
"taken whole. Each result is "
"(values, ends, counts): the values one after the other, where each ends, and how many values "
"there were by the end of each record (int32, each with a leading 0).\n\n"
"`odd` is called with (place, records before, size) for a record that is not plain. A size says "
"that it was read, and is to be noted. With 0 it returns the place after it and, if it is a record, "
"a list of values for each column; None if it is none. Without `odd` such a record ends the run.");

PyObject *gather(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source, *specs;
    Odd odd = {Py_None, 0, 0, {NULL, 0, 0, 0}, {NULL, 0, 0, 0}};
    Py_ssize_t at, most, records = 0;
    int final, done = 1;
    (void)self;
    if (!PyArg_ParseTuple(args, "OnpnO|O", &source, &at, &final, &most, &specs, &odd.told))
        return NULL;
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
    for (Py_ssize_t i = 0; i < n; i++) {
        put32(&columns[i].ends, 0);
        put32(&columns[i].counts, 0);
    }
    for (;; records += done) {
        look_for_odd(&odd);
        Py_BEGIN_ALLOW_THREADS
        records = gather_run(view.buf, view.len, &at, final, records, most, &tags, columns, n, &odd);
        Py_END_ALLOW_THREADS
        if (odd.failed || odd.told == Py_None || at >= view.len || records >= most ||
            full(columns, n))
            break;
        done = gather_odd(&odd, view.len, &at, records, columns, n);
        if (done < 0) break;
    }
    if (done >= 0 && !tell_notes(&odd)) done = -1;
    forget_odd(&odd);
    PyBuffer_Release(&view);
    if (done < 0) {
        for (Py_ssize_t i = 0; i < n; i++) {
            free(columns[i].values.data);
            free(columns[i].ends.data);
            free(columns[i].counts.data);
        }
        return NULL;
    }
    PyObject *results = column_results(columns, n);
    return results ? Py_BuildValue("nnN", at, records, results) : NULL;
}
