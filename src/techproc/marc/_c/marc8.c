/* MARC-8 to UTF-8, a value at a time.

   The code tables and the two functions that compose letters with their marks come from Python
   (`marc8_load`), so that there is one of each. _plainmarc8.py does the same. */

#include "scan.h"

enum { ASCII = 0x42, ANSEL = 0x45, EACC = 0x31 };
#define REPLACEMENT 0xfffdu
#define MARK 0x80000000u

static const uint32_t *sets[128];           /* of single bytes: 128 values each, 0 where none is */
static const uint32_t *east_codes, *east_values;
static Py_ssize_t east_count;
static PyObject *held, *expand, *compose;   /* the tables' bytes; two functions of str */

static int utf8(uint32_t c, byte *to)
{
    if (c < 0x80) { to[0] = (byte)c; return 1; }
    if (c < 0x800) { to[0] = 0xc0 | c >> 6; to[1] = 0x80 | (c & 0x3f); return 2; }
    if (c < 0x10000) {
        to[0] = 0xe0 | c >> 12; to[1] = 0x80 | (c >> 6 & 0x3f); to[2] = 0x80 | (c & 0x3f);
        return 3;
    }
    to[0] = 0xf0 | c >> 18; to[1] = 0x80 | (c >> 12 & 0x3f);
    to[2] = 0x80 | (c >> 6 & 0x3f); to[3] = 0x80 | (c & 0x3f);
    return 4;
}

static void put_char(Bytes *out, uint32_t c)
{
    byte bytes[4];
    put(out, bytes, utf8(c, bytes));
}

/* Put what a function of Python's makes of a text, which is given up; 0 for an error. */
static int put_made(Bytes *out, PyObject *function, PyObject *text)
{
    if (!text) return 0;
    PyObject *made = PyObject_CallFunctionObjArgs(function, text, NULL);
    Py_DECREF(text);
    if (!made) return 0;
    Py_ssize_t n;
    const char *bytes = PyUnicode_AsUTF8AndSize(made, &n);
    if (bytes) put(out, bytes, n);
    Py_DECREF(made);
    return bytes != NULL;
}

static uint32_t control(byte c)
{
    switch (c) {
    case 0x88: return 0x98;    /* non-sorting marks, joiners */
    case 0x89: return 0x9c;
    case 0x8d: return 0x200d;
    case 0x8e: return 0x200c;
    }
    return 0;
}

static uint32_t east(uint32_t code)
{
    Py_ssize_t low = 0, high = east_count;
    while (low < high) {
        Py_ssize_t middle = (low + high) / 2;
        if (east_codes[middle] < code) low = middle + 1;
        else high = middle;
    }
    return low < east_count && east_codes[low] == code ? east_values[low] : 0;
}

/* Take in the escape sequence whose ESC is at p; return the place after it, or p. */
static const byte *designate(const byte *p, const byte *end, byte *working)
{
    const byte *q = p + 1;
    if (end - p > 5) end = p + 5;
    if (q < end && (*q == 'g' || *q == 'b' || *q == 'p' || *q == 's')) {
        working[0] = *q == 's' ? ASCII : *q;
        return q + 1;
    }
    int half = 0, wide = q < end && *q == '$';
    q += wide;
    if (q < end && (*q == '(' || *q == ',')) q++;
    else if (q < end && (*q == ')' || *q == '-')) { half = 1; q++; }
    else if (!wide) return p;
    if (q < end && *q == '!') q++;
    if (q >= end || (*q != EACC && (*q > 0x7f || !sets[*q]))) return p;
    working[half] = *q;
    return q + 1;
}

/* Decode a value that switches sets, one character at a time. */
static int put_escaped(Bytes *out, const byte *p, const byte *end)
{
    byte working[2] = {ASCII, ANSEL};
    Py_ssize_t marks = -1;  /* where the marks that wait for their letter begin in the output */
    while (p < end) {
        uint32_t value = REPLACEMENT;
        byte c = *p;
        int step = 1;
        if (c == ESC) {
            const byte *after = designate(p, end, working);
            if (after > p) { p = after; continue; }
        } else if (control(c)) {
            value = control(c);
        } else if ((c & 0x7f) <= 0x20) {
            if (c < 0x80) value = c;
        } else if (working[c >> 7] == EACC) {
            uint32_t code = 0, odd = 0;
            for (; step <= 3 && step <= end - p; step++) {
                code = code << 8 | (p[step - 1] & 0x7f);
                odd = odd << 8 | p[step - 1];
            }
            step = 3;
            value = east(code);
            if (!value && c < 0x80) value = east(odd);  /* vendors' odd codes */
            if (!value) value = REPLACEMENT;
        } else if (sets[working[c >> 7]][c & 0x7f]) {
            value = sets[working[c >> 7]][c & 0x7f];
        }
        p = end - p > step ? p + step : end;
        if (value & MARK) {
            if (marks < 0) marks = (Py_ssize_t)out->used;
            put_char(out, value & ~MARK);
        } else if (marks >= 0) {
            byte letter[4];
            size_t n = utf8(value, letter), waiting = out->used - marks;
            put(out, letter, n);
            if (out->failed) return 0;
            byte *from = out->data + marks;
            memmove(from + n, from, waiting);  /* the letter goes first */
            memcpy(from, letter, n);
            out->used = marks;
            if (!put_made(out, compose,
                          PyUnicode_DecodeUTF8((char *)from, waiting + n, "strict")))
                return 0;
            marks = -1;
        } else {
            put_char(out, value);
        }
    }
    return 1;
}

static int is_mark(byte c) { return c >= 0xe0 && c <= 0xfe; }

/* Decode a value in the default sets: runs of ASCII as they are, marks with their letters. */
static int put_usual(Bytes *out, const byte *p, const byte *end)
{
    while (p < end) {
        const byte *q = p;
        while (q < end && *q < 0x80) q++;
        put(out, p, q - p);
        if (q == end) return 1;
        p = q;
        if (is_mark(*q)) {
            while (q < end && is_mark(*q)) q++;
            if (q < end) q++;
        } else {
            q++;
        }
        if (!put_made(out, expand, PyUnicode_DecodeLatin1((char *)p, q - p, NULL))) return 0;
        p = q;
    }
    return 1;
}

static int hex(byte c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Turn numeric character references, from `from` on, into characters. */
static void resolve(Bytes *out, byte *from)
{
    byte *end = out->data + out->used, *to = memchr(from, '&', end - from);
    if (!to) return;
    for (byte *p = to; p < end;) {
        uint32_t code = 0;
        byte *q = p + 3;
        if (end - p >= 5 && p[0] == '&' && p[1] == '#' && p[2] == 'x') {
            for (; q < end && q - p < 9 && hex(*q) >= 0; q++) code = code << 4 | (uint32_t)hex(*q);
            /* Controls would break the record's structure; surrogates and beyond are none. */
            if (q > p + 3 && q < end && *q == ';' && code >= 0x20 && code <= 0x10ffff &&
                (code < 0xd800 || code >= 0xe000)) {
                to += utf8(code, to);
                p = q + 1;
                continue;
            }
        }
        *to++ = *p++;
    }
    out->used = to - out->data;
}

/* Decode one value; -1 for an error, else how many characters could not be explained. */
Py_ssize_t put_marc8(Bytes *out, const byte *p, Py_ssize_t size, int references)
{
    size_t start = out->used;
    int escaped = memchr(p, ESC, size) != NULL;
    if (!(escaped ? put_escaped : put_usual)(out, p, p + size) || out->failed) {
        if (!PyErr_Occurred()) PyErr_NoMemory();
        return -1;
    }
    if (out->used == start) return 0;
    Py_ssize_t errors = 0;
    byte *from = out->data + start, *end = out->data + out->used;
    for (byte *q = from; end - q > 2; q++) {
        q = memchr(q, 0xef, end - q - 2);
        if (!q) break;
        errors += q[1] == 0xbf && q[2] == 0xbd;
    }
    if (references) resolve(out, from);
    return errors;
}

const char marc8_load_doc[] = PyDoc_STR("marc8_load(sets, codes, values, expand, compose)\n\n"
"Take the code tables: for each final byte 128 values (uint32, the high bit for marks), the East "
"Asian codes in order and their values; and the functions that turn a run of ANSEL bytes, or a "
"letter and its marks, into composed text.");

PyObject *marc8_load(PyObject *self, PyObject *args)
{
    PyObject *tables, *codes, *values, *one, *two, *final, *table;
    Py_ssize_t at = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!SSOO", &PyDict_Type, &tables, &codes, &values, &one, &two))
        return NULL;
    if (PyBytes_Size(codes) != PyBytes_Size(values) || PyBytes_Size(codes) % 4) goto wrong;
    while (PyDict_Next(tables, &at, &final, &table)) {
        long place = PyLong_AsLong(final);
        if (place < 0 || place > 127 || !PyBytes_Check(table) || PyBytes_Size(table) != 512)
            goto wrong;
        sets[place] = (const uint32_t *)PyBytes_AsString(table);
    }
    if (!sets[ASCII] || !sets[ANSEL]) goto wrong;
    east_codes = (const uint32_t *)PyBytes_AsString(codes);
    east_values = (const uint32_t *)PyBytes_AsString(values);
    east_count = PyBytes_Size(codes) / 4;
    expand = one;
    compose = two;
    held = Py_BuildValue("OOOOO", tables, codes, values, one, two);  /* for as long as we run */
    if (!held) return NULL;
    Py_RETURN_NONE;
wrong:
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "these are no code tables");
    return NULL;
}

int marc8_loaded(void)
{
    if (!held) PyErr_SetString(PyExc_RuntimeError, "load the code tables first");
    return held != NULL;
}

const char marc8_decode_doc[] = PyDoc_STR("marc8_decode(value, references) -> (text, errors)\n\n"
"Decode a MARC-8 value; errors counts the characters that became U+FFFD.");

PyObject *marc8_decode(PyObject *self, PyObject *args)
{
    Py_buffer view;
    int references;
    Bytes out = {NULL, 0, 0, 0};
    (void)self;
    if (!marc8_loaded() || !PyArg_ParseTuple(args, "y*p", &view, &references)) return NULL;
    PyObject *text = NULL;
    Py_ssize_t errors = put_marc8(&out, view.buf, view.len, references);
    if (errors >= 0)
        text = PyUnicode_DecodeUTF8(out.data ? (char *)out.data : "", out.used, "strict");
    free(out.data);
    PyBuffer_Release(&view);
    return text ? Py_BuildValue("Nn", text, errors) : NULL;
}
