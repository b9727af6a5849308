/* The scanner's C core: sound ISO 2709 records only; whatever is odd is left to Python.

   Built with CPython's limited API (3.11), without other headers; optional: _scan.py does the same.
   Functions that work on many records let go of the interpreter's lock while they do.
   A record is "plain" when its structure is right in every respect, its fields follow each other in
   the order of the directory, every field has its indicators and subfields, and its text is ASCII
   or, flagged so, valid UTF-8 without a sign of double encoding. */

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned char byte;

static int digits(const byte *p, int n, int *value)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') return 0;
        v = v * 10 + (p[i] - '0');
    }
    *value = v;
    return 1;
}

static int is_control(const byte *tag)
{
    return tag[0] == '0' && tag[1] == '0' && tag[2] >= '0' && tag[2] <= '9';
}

static int is_padding(byte c)
{
    return c == '\r' || c == '\n' || c == '\t' || c == ' ' || c == 0 || c == 0x1a;
}

static int is_vowel(byte c)
{
    switch (c | 0x20) {
    case 'a': case 'e': case 'i': case 'o': case 'u': return 1;
    }
    return 0;
}

/* Valid UTF-8 and nothing that looks like UTF-8 encoded twice, or MARC-8 taken for Latin-1. */
static int plain_utf8(const byte *p, const byte *end)
{
    while (p < end) {
        /* Eight ASCII bytes at a time. */
        while (end - p >= 8) {
            uint64_t eight;
            memcpy(&eight, p, 8);
            if (eight & UINT64_C(0x8080808080808080)) break;
            p += 8;
        }
        if (p >= end) break;
        byte c = *p;
        if (c < 0x80) { p++; continue; }
        int more;
        if (c >= 0xc2 && c <= 0xdf) more = 1;
        else if (c >= 0xe0 && c <= 0xef) more = 2;
        else if (c >= 0xf0 && c <= 0xf4) more = 3;
        else return 0;
        if (end - p <= more) return 0;
        for (int i = 1; i <= more; i++)
            if ((p[i] & 0xc0) != 0x80) return 0;
        if (c == 0xe0 && p[1] < 0xa0) return 0;
        if (c == 0xed && p[1] > 0x9f) return 0;
        if (c == 0xf0 && p[1] < 0x90) return 0;
        if (c == 0xf4 && p[1] > 0x8f) return 0;
        if (c == 0xc3) {
            byte second = p[1], next = p[2];  /* a terminator follows every field */
            if (second >= 0x82 && second <= 0xb4 &&
                (next == 0xc2 || next == 0xc5 || next == 0xc6 || next == 0xcb || next == 0xe2))
                return 0;
            if ((second == 0xa8 || second == 0xa2 || second == 0xa1 || second == 0xaa) &&
                is_vowel(next))
                return 0;
        }
        p += more + 1;
    }
    return 1;
}

typedef struct { const byte *tag; int start, stop; } Entry;  /* offsets from the record's start */

static Entry entry_at(const byte *p, int base, int i)
{
    const byte *e = p + 24 + 12 * i;
    int length = 0, start = 0;
    Entry entry;
    digits(e + 3, 4, &length);
    digits(e + 7, 5, &start);
    entry.tag = e;
    entry.start = base + start;
    entry.stop = base + start + length - 1;
    return entry;
}

/* The length of the plain record at p, 0 when it is not one (or not all there).
   ascii: whether all of it is; entries: how many fields; base: where the data begin. */
static int plain_record(const byte *p, Py_ssize_t left, int final, int *ascii, int *entries,
                        int *base_address)
{
    int size, base;
    if (left < 38 || !digits(p, 5, &size) || size < 38 || size > left) return 0;
    if (size == left ? !final : is_padding(p[size])) return 0;
    if (p[size - 1] != 0x1d || p[size - 2] != 0x1e || !digits(p + 12, 5, &base)) return 0;
    if (base < 37 || base >= size || p[base - 1] != 0x1e || (base - 25) % 12) return 0;
    if (memchr(p, 0x1d, size - 1)) return 0;
    for (int i = 0; i < 24; i++)
        if (p[i] < 0x20 || p[i] > 0x7e) return 0;
    int count = (base - 25) / 12, at = base;
    for (int i = 0; i < count; i++) {
        const byte *e = p + 24 + 12 * i;
        int length, start;
        for (int j = 0; j < 3; j++)
            if (e[j] < 0x21 || e[j] > 0x7e) return 0;
        if (!digits(e + 3, 4, &length) || !digits(e + 7, 5, &start)) return 0;
        if (length < 1 || base + start != at || at + length > size - 1) return 0;
        const byte *f = p + at, *stop = f + length - 1;
        if (*stop != 0x1e || memchr(f, 0x1e, length - 1)) return 0;
        if (is_control(e)) {
            if (memchr(f, 0x1f, length - 1)) return 0;
        } else {
            if (length < 4 || f[2] != 0x1f || f[0] < 0x20 || f[0] > 0x7e || f[1] < 0x20 ||
                f[1] > 0x7e)
                return 0;
            const byte *d = f + 2;
            while (d) {
                if (d[1] < 0x21 || d[1] > 0x7e) return 0;
                d = memchr(d + 1, 0x1f, stop - d - 1);
            }
        }
        at += length;
    }
    if (at != size - 1) return 0;
    int all = 1;
    const byte *q = p + base, *end = p + size;
    while (end - q >= 8 && all) {
        uint64_t eight;
        memcpy(&eight, q, 8);
        if (eight & UINT64_C(0x8080808080808080)) all = 0;
        q += 8;
    }
    for (; all && q < end; q++)
        if (*q >= 0x80) all = 0;
    if (p[9] != 'a') {
        /* MARC-8 switches sets by escapes and may hold numeric character references. */
        if (!all || memchr(p + base, 0x1b, size - base)) return 0;
        for (const byte *r = p + base; (r = memchr(r, '&', end - r)); r++)
            if (end - r > 2 && r[1] == '#' && r[2] == 'x') return 0;
    } else if (!all && !plain_utf8(p + base, end - 1)) {
        return 0;
    }
    *ascii = all;
    *entries = count;
    *base_address = base;
    return size;
}

PyDoc_STRVAR(run_doc, "run(data, at, final, most) -> (records, after)\n\n"
"Return the bytes of the plain records that follow each other from `at` on, each as (bytes, is "
"ASCII), at most `most`, and the place after the last. `final`: nothing comes after `data`.");

static PyObject *run(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source;
    Py_ssize_t at, most;
    int final;
    (void)self;
    if (!PyArg_ParseTuple(args, "Onpn", &source, &at, &final, &most)) return NULL;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    PyObject *found = PyList_New(0);
    const byte *data = view.buf;
    if (at < 0 || at > view.len) at = view.len;
    for (Py_ssize_t n = 0; found && n < most; n++) {
        int ascii, entries, base;
        int size = plain_record(data + at, view.len - at, final, &ascii, &entries, &base);
        if (!size) break;
        PyObject *pair = Py_BuildValue("y#O", data + at, (Py_ssize_t)size,
                                       ascii ? Py_True : Py_False);
        if (!pair || PyList_Append(found, pair) < 0) Py_CLEAR(found);
        Py_XDECREF(pair);
        at += size;
    }
    PyBuffer_Release(&view);
    return found ? Py_BuildValue("Nn", found, at) : NULL;
}

PyDoc_STRVAR(fields_doc, "fields(record) -> (tags, texts)\n\n"
"Return the tags of a plain record's fields, and their texts without terminators.");

static PyObject *fields(PyObject *self, PyObject *source)
{
    Py_buffer view;
    (void)self;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    const byte *p = view.buf;
    int ascii, count, base;
    if (!plain_record(p, view.len, 1, &ascii, &count, &base)) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "not a plain record");
        return NULL;
    }
    PyObject *tags = PyList_New(count), *texts = PyList_New(count);
    for (int i = 0; tags && texts && i < count; i++) {
        Entry e = entry_at(p, base, i);
        PyObject *tag = PyUnicode_DecodeUTF8((const char *)e.tag, 3, "strict");
        PyObject *text =
            PyUnicode_DecodeUTF8((const char *)p + e.start, e.stop - e.start, "strict");
        if (!tag || !text) {
            Py_XDECREF(tag);
            Py_XDECREF(text);
            Py_CLEAR(tags);
            break;
        }
        PyUnicode_InternInPlace(&tag);
        PyList_SetItem(tags, i, tag);
        PyList_SetItem(texts, i, text);
    }
    PyBuffer_Release(&view);
    if (tags && texts) return Py_BuildValue("NN", tags, texts);
    Py_XDECREF(tags);
    Py_XDECREF(texts);
    return NULL;
}

/* A growing run of bytes. */
typedef struct { byte *data; size_t used, room; int failed; } Bytes;

static void *more(Bytes *b, size_t n)
{
    if (b->failed) return NULL;
    if (b->used + n > b->room) {
        size_t room = (b->room ? b->room * 2 : 4096);
        while (room < b->used + n) room *= 2;
        byte *data = realloc(b->data, room);
        if (!data) { b->failed = 1; return NULL; }
        b->data = data;
        b->room = room;
    }
    void *place = b->data + b->used;
    b->used += n;
    return place;
}

static void put(Bytes *b, const void *from, size_t n)
{
    void *place = more(b, n);
    if (place) memcpy(place, from, n);
}

static void put32(Bytes *b, int32_t value) { put(b, &value, sizeof value); }

static PyObject *taken(Bytes *b)
{
    PyObject *made = b->failed ? PyErr_NoMemory()
                               : PyBytes_FromStringAndSize((char *)b->data, (Py_ssize_t)b->used);
    free(b->data);
    b->data = NULL;
    return made;
}

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

PyDoc_STRVAR(gather_doc, "gather(data, at, final, most, columns) -> (after, records, results)\n\n"
"Collect fields of the plain records that follow each other from `at` on. `columns` are pairs of "
"a tag and subfield codes, both bytes: each subfield is a value; without codes the field is "
"taken whole. Each result is "
"(values, offsets, lists): the values one after the other, where each ends, and how many values "
"there were by the end of each record (int32, each with a leading 0).");

static PyObject *gather(PyObject *self, PyObject *args)
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

PyDoc_STRVAR(subfields_doc, "subfields(data, at, final, most) -> (after, records, columns)\n\n"
"Take apart the plain records that follow each other from `at` on. The columns, a row for each "
"subfield or control field: record and field number from 0 (int32), tag (3 bytes), indicators (2 "
"bytes), code (1 byte, blank for control fields), the value's start in `data` (int64) and its "
"length (int32).");

static PyObject *subfields(PyObject *self, PyObject *args)
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

/* MARCXML: one record element of the usual kind. */

typedef struct { const byte *p, *end; } Reader;

static int is_space(byte c) { return c == ' ' || c == '\n' || c == '\t'; }

static void skip_space(Reader *r) { while (r->p < r->end && is_space(*r->p)) r->p++; }

static int name_byte(byte c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-' || c == '.' || c == ':';
}

typedef struct {
    const byte *name, *local;
    int length, local_length, empty;
    byte tag[3], ind[2], code;
    int seen;  /* 1 tag, 2 ind1, 4 ind2, 8 code */
} Start;

static int named(const byte *name, int length, const char *what)
{
    return (size_t)length == strlen(what) && !memcmp(name, what, length);
}

/* Read a start tag at '<'; 0 for anything unusual. */
static int read_start(Reader *r, Start *s)
{
    if (r->p >= r->end || *r->p != '<') return 0;
    s->name = s->local = ++r->p;
    while (r->p < r->end && name_byte(*r->p)) {
        if (*r->p == ':') s->local = r->p + 1;
        r->p++;
    }
    s->length = (int)(r->p - s->name);
    s->local_length = (int)(r->p - s->local);
    s->seen = s->empty = 0;
    if (!s->local_length) return 0;
    for (;;) {
        const byte *before = r->p;
        skip_space(r);
        if (r->p >= r->end) return 0;
        if (*r->p == '>') { r->p++; return 1; }
        if (*r->p == '/') {
            if (r->end - r->p < 2 || r->p[1] != '>') return 0;
            r->p += 2;
            s->empty = 1;
            return 1;
        }
        if (before == r->p) return 0;
        const byte *name = r->p;
        while (r->p < r->end && name_byte(*r->p)) r->p++;
        int length = (int)(r->p - name);
        if (!length || r->end - r->p < 2 || r->p[0] != '=') return 0;
        byte quote = r->p[1];
        if (quote != '"' && quote != '\'') return 0;
        const byte *value = r->p + 2;
        const byte *close = memchr(value, quote, r->end - value);
        if (!close) return 0;
        int size = (int)(close - value);
        for (int i = 0; i < size; i++)
            if (value[i] == '&' || value[i] == '<' || value[i] < 0x20 || value[i] > 0x7e) return 0;
        r->p = close + 1;
        int bit = 0;
        if (named(name, length, "tag") && size == 3) { bit = 1; memcpy(s->tag, value, 3); }
        else if (named(name, length, "ind1") && size == 1) { bit = 2; s->ind[0] = *value; }
        else if (named(name, length, "ind2") && size == 1) { bit = 4; s->ind[1] = *value; }
        else if (named(name, length, "code") && size == 1) { bit = 8; s->code = *value; }
        else if (length < 5 || memcmp(name, "xmlns", 5)) return 0;
        if (s->seen & bit) return 0;
        s->seen |= bit;
    }
}

static int read_end(Reader *r, const Start *s)
{
    if (r->end - r->p < s->length + 3 || r->p[0] != '<' || r->p[1] != '/' ||
        memcmp(r->p + 2, s->name, s->length))
        return 0;
    r->p += 2 + s->length;
    skip_space(r);
    if (r->p >= r->end || *r->p != '>') return 0;
    r->p++;
    return 1;
}

/* Copy text up to '<', with the five named references resolved; 0 for anything unusual. */
static int read_text(Reader *r, Bytes *into)
{
    const byte *from = r->p;
    for (; r->p < r->end && *r->p != '<'; r->p++) {
        byte c = *r->p;
        if (c < 0x20 && c != '\n' && c != '\t') return 0;
        if (c == ']' || c == 0x7f) {
            if (r->end - r->p > 2 && r->p[1] == ']' && r->p[2] == '>') return 0;
        } else if (c == 0xef) {
            if (r->end - r->p > 2 && r->p[1] == 0xbf && r->p[2] >= 0xbe) return 0;
        } else if (c == '&') {
            static const struct { const char *name; char value; } known[] = {
                {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
            int i = 0;
            for (; i < 5; i++) {
                size_t n = strlen(known[i].name);
                if ((size_t)(r->end - r->p) >= n && !memcmp(r->p, known[i].name, n)) {
                    put(into, from, r->p - from);
                    put(into, &known[i].value, 1);
                    r->p += n - 1;
                    from = r->p + 1;
                    break;
                }
            }
            if (i == 5) return 0;
        }
    }
    put(into, from, r->p - from);
    return r->p < r->end;
}

static int append_text(PyObject *list, const byte *p, size_t n)
{
    PyObject *text = PyUnicode_DecodeUTF8((const char *)p, (Py_ssize_t)n, "strict");
    if (!text) return 0;
    int done = PyList_Append(list, text) == 0;
    Py_DECREF(text);
    return done;
}

static int read_element(Reader *r, PyObject *tags, PyObject *texts, Bytes *b, PyObject **leader)
{
    Start record, field, sub;
    if (!read_start(r, &record) || record.empty ||
        !named(record.local, record.local_length, "record") || record.seen)
        return 0;
    for (;;) {
        skip_space(r);
        if (r->end - r->p < 2) return 0;
        if (r->p[1] == '/') break;
        if (!read_start(r, &field) || field.empty) return 0;
        b->used = 0;
        if (named(field.local, field.local_length, "leader")) {
            if (*leader || field.seen || !read_text(r, b) || !read_end(r, &field)) return 0;
            if (b->used != 24) return 0;
            for (int i = 0; i < 24; i++)
                if (b->data[i] < 0x20 || b->data[i] > 0x7e) return 0;
            *leader = PyUnicode_DecodeUTF8((char *)b->data, 24, "strict");
            if (!*leader) return 0;
            continue;
        }
        if (named(field.local, field.local_length, "controlfield")) {
            if (field.seen != 1 || !read_text(r, b) || !read_end(r, &field)) return 0;
        } else if (named(field.local, field.local_length, "datafield")) {
            if (field.seen != 7) return 0;
            put(b, field.ind, 2);
            for (;;) {
                skip_space(r);
                if (r->end - r->p < 2) return 0;
                if (r->p[1] == '/') break;
                if (!read_start(r, &sub) || !named(sub.local, sub.local_length, "subfield") ||
                    sub.seen != 8)
                    return 0;
                put(b, "\x1f", 1);
                put(b, &sub.code, 1);
                if (!sub.empty && (!read_text(r, b) || !read_end(r, &sub))) return 0;
            }
            if (!read_end(r, &field)) return 0;
        } else {
            return 0;
        }
        if (b->failed) return 0;
        PyObject *tag = PyUnicode_DecodeUTF8((const char *)field.tag, 3, "strict");
        if (!tag) return 0;
        PyUnicode_InternInPlace(&tag);
        int done = PyList_Append(tags, tag) == 0;
        Py_DECREF(tag);
        if (!done || !append_text(texts, b->data, b->used)) return 0;
    }
    return *leader && PyList_Size(tags) > 0 && read_end(r, &record) && r->p == r->end;
}

PyDoc_STRVAR(xml_record_doc, "xml_record(element) -> (leader, tags, texts) or None\n\n"
"Take apart a MARCXML record element of the usual kind: UTF-8, elements and attributes of MARCXML "
"only, no comments, no references but the five named ones. None for any other.");

static PyObject *xml_record(PyObject *self, PyObject *source)
{
    Py_buffer view;
    Bytes b = {NULL, 0, 0, 0};
    PyObject *leader = NULL;
    (void)self;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    Reader r = {view.buf, (const byte *)view.buf + view.len};
    PyObject *tags = PyList_New(0), *texts = PyList_New(0);
    int done = tags && texts && read_element(&r, tags, texts, &b, &leader);
    free(b.data);
    PyBuffer_Release(&view);
    if (done) return Py_BuildValue("NNN", leader, tags, texts);
    Py_XDECREF(tags);
    Py_XDECREF(texts);
    Py_XDECREF(leader);
    if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) return NULL;
    PyErr_Clear();
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"run", run, METH_VARARGS, run_doc},
    {"fields", fields, METH_O, fields_doc},
    {"gather", gather, METH_VARARGS, gather_doc},
    {"subfields", subfields, METH_VARARGS, subfields_doc},
    {"xml_record", xml_record, METH_O, xml_record_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "techproc.marc._scan", "The scanner's C core.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__scan(void) { return PyModule_Create(&module); }
