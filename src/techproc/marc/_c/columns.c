/* Fields of many records, collected column by column. */

#include "scan.h"

#define MOST_COLUMNS 64
typedef struct {
    const byte *tag;
    const byte *codes;
    Py_ssize_t ncodes;
    Bytes values, offsets, lists;
    int32_t count;
} Column;

static void gather_field(Column *c, const byte *f, const byte *stop)
{
    if (c->ncodes == 0) {
        put(&c->values, f, stop - f);
    } else {
        const byte *d = f + 2;
        while (d < stop) {
            const byte *next = memchr(d + 1, 0x1f, stop - d - 1);
            if (!next) next = stop;
            if (memchr(c->codes, d[1], c->ncodes)) {
                put(&c->values, d + 2, next - d - 2);
                put32(&c->offsets, (int32_t)c->values.used);
                c->count++;
            }
            d = next;
        }
        return;
    }
    put32(&c->offsets, (int32_t)c->values.used);
    c->count++;
}

const char gather_doc[] = "gather(data, at, final, most, columns) -> (after, records, results)\n\n"
"Collect fields of the plain records that follow each other from `at` on. `columns` are pairs of "
"a tag and subfield codes, both bytes: each subfield is a value; without codes the field is "
"taken whole. Each result is "
"(values, offsets, lists): the values one after the other, where each ends, and how many values "
"there were by the end of each record (int32, each with a leading 0).";

PyObject *gather(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source, *specs;
    Py_ssize_t at, most;
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
    memset(columns, 0, sizeof columns);
    PyObject *held = PyTuple_New(n);
    if (!held) return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *pair = PySequence_GetItem(specs, i);
        char *tag, *codes;
        Py_ssize_t length;
        if (!pair) { Py_DECREF(held); return NULL; }
        PyTuple_SetItem(held, i, pair);
        if (!PyArg_ParseTuple(pair, "y#y#", &tag, &length, &codes, &columns[i].ncodes)) {
            Py_DECREF(held);
            return NULL;
        }
        if (length != 3) {
            PyErr_SetString(PyExc_ValueError, "a tag has three bytes");
            Py_DECREF(held);
            return NULL;
        }
        columns[i].tag = (byte *)tag;
        columns[i].codes = (byte *)codes;
    }
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) { Py_DECREF(held); return NULL; }
    const byte *data = view.buf;
    Py_ssize_t records = 0;
    if (at < 0 || at > view.len) at = view.len;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t i = 0; i < n; i++) {
        put32(&columns[i].offsets, 0);
        put32(&columns[i].lists, 0);
    }
    for (; records < most; records++) {
        int ascii, count, base;
        const byte *p = data + at;
        int size = plain_record(p, view.len - at, final, &ascii, &count, &base);
        if (!size) break;
        size_t largest = 0;
        for (Py_ssize_t i = 0; i < n; i++)
            if (columns[i].values.used > largest) largest = columns[i].values.used;
        if (largest > 0x7fff0000u - 200000u) break;  /* offsets are int32 */
        for (int j = 0; j < count; j++) {
            const byte *tag = p + 24 + 12 * j;
            for (Py_ssize_t i = 0; i < n; i++)
                if (tag[0] == columns[i].tag[0] && tag[1] == columns[i].tag[1] &&
                    tag[2] == columns[i].tag[2]) {
                    Entry e = entry_at(p, base, j);
                    gather_field(&columns[i], p + e.start, p + e.stop);
                }
        }
        for (Py_ssize_t i = 0; i < n; i++) put32(&columns[i].lists, columns[i].count);
        at += size;
    }
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    Py_DECREF(held);
    PyObject *results = PyList_New(0);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *values = taken(&columns[i].values), *offsets = taken(&columns[i].offsets),
                 *lists = taken(&columns[i].lists);
        PyObject *triple = values && offsets && lists ? PyTuple_Pack(3, values, offsets, lists)
                                                      : NULL;
        if (results && (!triple || PyList_Append(results, triple) < 0)) Py_CLEAR(results);
        Py_XDECREF(triple);
        Py_XDECREF(values);
        Py_XDECREF(offsets);
        Py_XDECREF(lists);
    }
    return results ? Py_BuildValue("nnN", at, records, results) : NULL;
}

const char subfields_doc[] = "subfields(data, at, final, most) -> (after, records, columns)\n\n"
"Take apart the plain records that follow each other from `at` on. The columns, a row for each "
"subfield or control field: record and field number from 0 (int32), tag (3 bytes), indicators (2 "
"bytes), code (1 byte, blank for control fields), the value's start in `data` (int64) and its "
"length (int32).";

PyObject *subfields(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source;
    Py_ssize_t at, most, records = 0;
    int final;
    Bytes b[7];
    (void)self;
    if (!PyArg_ParseTuple(args, "Onpn", &source, &at, &final, &most)) return NULL;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    const byte *data = view.buf;
    memset(b, 0, sizeof b);
    if (at < 0 || at > view.len) at = view.len;
    Py_BEGIN_ALLOW_THREADS
    for (; records < most; records++) {
        int ascii, count, base;
        const byte *p = data + at;
        int size = plain_record(p, view.len - at, final, &ascii, &count, &base);
        if (!size) break;
        for (int j = 0; j < count; j++) {
            Entry e = entry_at(p, base, j);
            const byte *f = p + e.start, *stop = p + e.stop;
            int control = is_control(e.tag);
            const byte *d = control ? f : f + 2;
            do {
                const byte *next = control ? stop : memchr(d + 1, 0x1f, stop - d - 1);
                if (!next) next = stop;
                const byte *value = control ? d : d + 2;
                int64_t place = value - data;
                put32(&b[0], (int32_t)records);
                put32(&b[1], j);
                put(&b[2], e.tag, 3);
                put(&b[3], control ? (const byte *)"  " : f, 2);
                put(&b[4], control ? (const byte *)" " : d + 1, 1);
                put(&b[5], &place, sizeof place);
                put32(&b[6], (int32_t)(next - value));
                d = next;
            } while (d < stop);
        }
        at += size;
    }
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    PyObject *columns = PyTuple_New(7);
    for (int i = 0; i < 7; i++) {
        PyObject *made = taken(&b[i]);
        if (!made) Py_CLEAR(columns);
        if (columns) PyTuple_SetItem(columns, i, made);
        else Py_XDECREF(made);
    }
    return columns ? Py_BuildValue("nnN", at, records, columns) : NULL;
}
