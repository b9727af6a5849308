/* MARCXML: one record element of the usual kind. */

#include "scan.h"

typedef struct { const byte *p, *end; } Reader;

static int is_space(byte c) { return c == ' ' || c == '\n' || c == '\t'; }

static void skip_space(Reader *r) { while (r->p < r->end && is_space(*r->p)) r->p++; }

static int name_byte(byte c)
{
    return is_letter(c) || is_digit(c) ||
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

const char xml_record_doc[] = "xml_record(element) -> (leader, tags, texts) or None\n\n"
"Take apart a MARCXML record element of the usual kind: UTF-8, elements and attributes of MARCXML "
"only, no comments, no references but the five named ones. None for any other.";

PyObject *xml_record(PyObject *self, PyObject *source)
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
