/* Whole records to UTF-8: those whose structure is right and whose text is in one encoding. */

#include "scan.h"

static int is_plain(const byte *p, const byte *end)
{
    for (const byte *q = p; q < end; q++) {
        if (*q >= 0x80 || *q == ESC) return 0;
        if (*q == '&' && end - q > 2 && q[1] == '#' && q[2] == 'x') return 0;
    }
    return 1;
}

/* Decode a field, MARC-8 subfield by subfield; 1 done, 0 not all could be explained, -1 an error. */
static int put_field(Bytes *out, const byte *f, const byte *stop, int encoding)
{
    if (encoding != MARC8) return put_letters(out, f, stop, encoding);
    if (is_plain(f, stop)) {
        put(out, f, stop - f);
        return 1;
    }
    for (;;) {
        const byte *next = memchr(f, DELIMITER, stop - f);
        Py_ssize_t errors = put_marc8(out, f, (next ? next : stop) - f, 1);
        if (errors) return errors < 0 ? -1 : 0;
        if (!next) return 1;
        put(out, "\x1f", 1);
        f = next + 1;
    }
}

/* Write a record in UTF-8; 1 done, 0 not to be had, -1 an error, without an exception where memory is
   out. */
static int convert_fields(Bytes *out, const Record *record, int encoding)
{
    int base = record->base;
    Field field = BEFORE_FIRST(*record);
    put(out, record->p, base);
    for (int i = 0; i < record->entries; i++) {
        size_t start = out->used;
        next_field(record, i, &field);
        int done = put_field(out, field.start, field.stop, encoding);
        if (done < 1) return done;
        put(out, "\x1e", 1);
        if (out->used - start > 9999 || out->used > 99998) return 0;
        if (out->failed) break;
        put_digits(out->data + 27 + 12 * i, 4, out->used - start);
        put_digits(out->data + 31 + 12 * i, 5, start - base);
    }
    put(out, "\x1d", 1);
    if (out->failed) return -1;
    put_digits(out->data, 5, out->used);
    out->data[9] = 'a';
    return 1;
}

/* The same, with an exception for an error; takes the interpreter's lock for MARC-8, whose letters with
   marks are Python's to put together. */
static int convert(Bytes *out, const Record *record, int encoding)
{
    int done = 0;
    if (encoding != MARC8) done = convert_fields(out, record, encoding);
    if (encoding != MARC8 && done >= 0) return done;
    PyGILState_STATE lock = PyGILState_Ensure();
    if (!done) done = convert_fields(out, record, encoding);
    if (done < 0 && !PyErr_Occurred()) PyErr_NoMemory();
    PyGILState_Release(lock);
    return done;
}

/* Read the record at p when its structure is right and its text is in one encoding, not that of plain
   records, by which all of it can be explained; `made` is the same record in UTF-8, in `out`. Returns
   the encoding, UNKNOWN for any other record, -1 for an error. The interpreter's lock need not be held. */
int recoded_record(const byte *p, Py_ssize_t left, int final, Record *record, Bytes *out,
                   Record *made)
{
    if (left < LEADER || (p[9] != 'a' && p[9] != ' ')) return UNKNOWN;
    if (!sound_record(p, left, final, record) || plain_text(record)) return UNKNOWN;
    int encoding = weigh(p + record->base, p + record->size, p[9] == 'a');
    if (encoding <= UNKNOWN) return encoding;
    out->used = 0;
    int done = convert(out, record, encoding);
    /* What would look odd in UTF-8 is worth a second look. */
    if (done > 0) done = plain_record(out->data, out->used, 1, made);
    return done > 0 ? encoding : done;
}

const char marc8_record_doc[] = PyDoc_STR("marc8_record(data, at, final) -> (raw, made) or None\n\n"
"Take the record at `at` if its structure is right, leader/09 says MARC-8, its text says so too "
"and all of it can be explained: its bytes, and the same record in UTF-8.");

PyObject *marc8_record(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source, *result = NULL;
    Py_ssize_t at;
    int final;
    Record record, made;
    Bytes out = {NULL, 0, 0, 0};
    (void)self;
    if (!PyArg_ParseTuple(args, "Onp", &source, &at, &final)) return NULL;
    if (!marc8_loaded() || PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    const byte *p = (const byte *)view.buf + at;
    if (weights_loaded() && at >= 0 && view.len - at > LEADER && p[9] == ' ' &&
        recoded_record(p, view.len - at, final, &record, &out, &made) == MARC8)
        result = Py_BuildValue("y#y#", p, (Py_ssize_t)record.size, out.data, (Py_ssize_t)out.used);
    free(out.data);
    PyBuffer_Release(&view);
    if (result || PyErr_Occurred()) return result;
    Py_RETURN_NONE;
}
