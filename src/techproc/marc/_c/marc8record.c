/* Whole records in MARC-8 to UTF-8: those whose structure is right and whose text says MARC-8 too. */

#include "scan.h"

static void print_digits(byte *p, int n, Py_ssize_t value)
{
    while (n--) { p[n] = '0' + value % 10; value /= 10; }
}

/* Weigh the runs of high bytes: 1 for MARC-8, 0 for anything else, -1 for an error. */
static int weigh(const byte *p, const byte *end, PyObject *judge)
{
    double sums[4] = {1.5, 0, 0, 0};  /* the leader says MARC-8 */
    int runs = 0, valid = 0;
    if (memchr(p, ESC, end - p)) sums[0] += 3;
    for (const byte *q = p; q < end; q++) {
        if (*q < 0x80) continue;
        const byte *from = q;
        while (q < end && *q >= 0x80) q++;
        Py_ssize_t n = q - from + (q < end);
        PyObject *found = PyObject_CallFunction(judge, "y#y#", from, n, from - (from > p),
                                                (Py_ssize_t)(from > p));
        if (!found) return -1;
        runs++;
        if (found == Py_None) {
            valid++;
        } else {
            double weights[4];
            if (!PyArg_ParseTuple(found, "dddd", weights, weights + 1, weights + 2, weights + 3)) {
                Py_DECREF(found);
                return -1;
            }
            for (int i = 0; i < 4; i++) sums[i] += weights[i];
        }
        Py_DECREF(found);
    }
    if (runs && valid == runs) return 0;  /* it is UTF-8 */
    if (valid > 2 && valid > 2 * sums[0]) return 0;
    return sums[0] >= sums[1] && sums[0] >= sums[2] && sums[0] >= sums[3];
}

static int is_plain(const byte *p, const byte *end)
{
    for (const byte *q = p; q < end; q++) {
        if (*q >= 0x80 || *q == ESC) return 0;
        if (*q == '&' && end - q > 2 && q[1] == '#' && q[2] == 'x') return 0;
    }
    return 1;
}

/* Decode a field, subfield by subfield; 1 done, 0 not all could be explained, -1 an error. */
static int put_field(Bytes *out, const byte *f, const byte *stop)
{
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

/* Write a record in UTF-8; 1 done, 0 not to be had, -1 an error. */
static int convert(Bytes *out, const Record *record)
{
    int base = record->base;
    Field field = BEFORE_FIRST(*record);
    put(out, record->p, base);
    for (int i = 0; i < record->entries; i++) {
        size_t start = out->used;
        next_field(record, i, &field);
        int done = put_field(out, field.start, field.stop);
        if (done < 1) return done;
        put(out, "\x1e", 1);
        if (out->used - start > 9999 || out->used > 99998) return 0;
        if (out->failed) break;
        print_digits(out->data + 27 + 12 * i, 4, out->used - start);
        print_digits(out->data + 31 + 12 * i, 5, start - base);
    }
    put(out, "\x1d", 1);
    if (out->failed) {
        PyErr_NoMemory();
        return -1;
    }
    print_digits(out->data, 5, out->used);
    out->data[9] = 'a';
    return 1;
}

const char marc8_record_doc[] = PyDoc_STR("marc8_record(data, at, final, judge) -> (raw, made) or None\n\n"
"Take the record at `at` if its structure is right, leader/09 says MARC-8, its text says so too "
"and all of it can be explained: its bytes, and the same record in UTF-8. `judge` weighs a run "
"of high bytes and the byte before it: weights for MARC-8 and three others, None for UTF-8.");

PyObject *marc8_record(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source, *judge, *result = NULL;
    Py_ssize_t at;
    int final, sound = 0, done = 0;
    Record record, converted;
    Bytes out = {NULL, 0, 0, 0};
    (void)self;
    if (!marc8_loaded() || !PyArg_ParseTuple(args, "OnpO", &source, &at, &final, &judge))
        return NULL;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    const byte *p = view.buf;
    if (at >= 0 && at < view.len && view.len - at > 9 && p[at + 9] == ' ')
        sound = sound_record(p + at, view.len - at, final, &record);
    p = sound ? record.p + record.base : NULL;
    if (sound && !is_plain(p, record.p + record.size))
        done = weigh(p, record.p + record.size, judge);
    if (done > 0) done = convert(&out, &record);
    /* What would look odd in UTF-8 is worth a second look. */
    if (done > 0 && plain_record(out.data, out.used, 1, &converted))
        result = Py_BuildValue("y#y#", record.p, (Py_ssize_t)record.size, out.data,
                               (Py_ssize_t)out.used);
    free(out.data);
    PyBuffer_Release(&view);
    if (result || PyErr_Occurred()) return result;
    Py_RETURN_NONE;
}
