/* Plain records written anew from what is left of them and what is new. */

#include "scan.h"

typedef struct { const char *text; Py_ssize_t size; } Text8; /* UTF-8 that a str keeps */

static int text_of(PyObject *item, Text8 *text)
{
    if (!item || !PyUnicode_Check(item)) return 0;
    text->text = PyUnicode_AsUTF8AndSize(item, &text->size);
    if (!text->text) PyErr_Clear(); /* a lone surrogate */
    return text->text != NULL;
}

/* A field as it is to be: a place in the record, or a tag and a text, with the place it came from. */
typedef struct { long origin; Text8 tag, text; } Item;

static int place_of(PyObject *value, long fields, long *place)
{
    if (!value || !PyLong_Check(value)) return 0;
    *place = PyLong_AsLong(value);
    if (*place == -1 && PyErr_Occurred()) PyErr_Clear();
    return *place >= 0 && *place < fields;
}

static int item_of(PyObject *entry, const Record *r, const Field *fields, Item *item)
{
    if (PyLong_Check(entry)) {
        if (!place_of(entry, r->entries, &item->origin)) return 0;
        const Field *f = &fields[item->origin];
        item->tag = (Text8){(const char *)f->tag, 3};
        item->text = (Text8){(const char *)f->start, f->stop - f->start};
        return 1;
    }
    if (!PyTuple_Check(entry) || PyTuple_Size(entry) != 3) return 0;
    PyObject *origin = PyTuple_GetItem(entry, 0);
    item->origin = -1;
    if (origin != Py_None && !place_of(origin, r->entries, &item->origin)) return 0;
    return text_of(PyTuple_GetItem(entry, 1), &item->tag) && item->tag.size == 3 &&
           text_of(PyTuple_GetItem(entry, 2), &item->text);
}

/* Text as a JSON string, as Python's json writes it without escaping what is beyond ASCII. */

static void put_text(Bytes *b, const char *s) { put(b, s, strlen(s)); }

static void put_quoted(Bytes *b, const char *p, const char *end)
{
    static const char digits[] = "0123456789abcdef", short_ones[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    put(b, "\"", 1);
    while (p < end) {
        const char *from = p;
        while (p < end && (byte)*p >= 0x20 && *p != '"' && *p != '\\') p++;
        put(b, from, p - from);
        if (p == end) break;
        const char *s = short_ones;
        while (*s && *s != *p) s += 2;
        if (*p && *s) {
            char escape[2] = {'\\', s[1]};
            put(b, escape, 2);
        } else {
            char escape[6] = {'\\', 'u', '0', '0', digits[(byte)*p >> 4], digits[*p & 15]};
            put(b, escape, 6);
        }
        p++;
    }
    put(b, "\"", 1);
}

/* A field's text: its indicators and each subfield are strings. */
static void put_parts(Bytes *b, const char *name, Text8 text)
{
    const char *p = text.text, *end = p + text.size;
    put_text(b, ",\"");
    put_text(b, name);
    put_text(b, "\":[");
    for (;;) {
        const char *stop = memchr(p, DELIMITER, end - p);
        put_quoted(b, p, stop ? stop : end);
        if (!stop) break;
        put(b, ",", 1);
        p = stop + 1;
    }
    put(b, "]", 1);
}

static void put_place(Bytes *b, const char *name, long place)
{
    char digits[24], *p = digits + sizeof digits;
    do *--p = (char)('0' + place % 10);
    while (place /= 10);
    put_text(b, ",\"");
    put_text(b, name);
    put_text(b, "\":");
    put(b, p, digits + sizeof digits - p);
}

/* Begin an operation that undoes a change of a field with this tag. */
static void put_operation(Bytes *b, Text8 tag)
{
    put_text(b, b->used ? ",{\"tag\":" : "{\"tag\":");
    put_quoted(b, tag.text, tag.text + tag.size);
}

static int same(Text8 one, Text8 other)
{
    return one.size == other.size && !memcmp(one.text, other.text, one.size);
}

static int has_link(Text8 text)
{
    for (Py_ssize_t i = 0; i + 1 < text.size; i++)
        if (text.text[i] == DELIMITER && text.text[i + 1] == '6') return 1;
    return 0;
}

static int is_001(Text8 tag) { return !memcmp(tag.text, "001", 3); }

/* The record of these fields, in `made`; 0 where ISO 2709 cannot hold it, or it is not plain. */
static int assemble(const Item *items, Py_ssize_t n, Text8 leader, Bytes *made, Record *after)
{
    Py_ssize_t base = LEADER + ENTRY * n + 1, size = base + 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (items[i].text.size + 1 > 9999) return 0;
        size += items[i].text.size + 1;
    }
    if (size > 99999 || !reserve(made, size)) return 0;
    byte *p = made->data, *entry = p + LEADER, *field = p + base;
    memcpy(p, leader.text, LEADER);
    put_digits(p, 5, size);
    put_digits(p + 12, 5, base);
    for (Py_ssize_t i = 0; i < n; i++, entry += ENTRY) {
        const Item *item = &items[i];
        memcpy(entry, item->tag.text, 3);
        put_digits(entry + 3, 4, item->text.size + 1);
        put_digits(entry + 7, 5, field - p - base);
        memcpy(field, item->text.text, item->text.size);
        field += item->text.size;
        *field++ = TERMINATOR;
    }
    *entry = TERMINATOR;
    *field = END;
    made->used = size;
    return plain_record(p, size, 1, after) && after->size == size;
}

/* The operations that make the record what it was; *linked: one is about a field with $6. Returns
   0 for what is more than fields changed, gone and new in their order, or changes 001. */
static int undo(const Record *r, const Field *fields, const Item *items, Py_ssize_t n, Text8 leader,
                Bytes *b, int *linked)
{
    byte stays[MOST_FIELDS];
    long last = -1;
    memset(stays, 0, r->entries);
    for (Py_ssize_t i = 0; i < n; i++) {
        long origin = items[i].origin;
        if (origin < 0 || memcmp(items[i].tag.text, fields[origin].tag, 3)) continue;
        if (origin <= last) return 0;
        stays[last = origin] = 1;
    }
    Text8 before = {(const char *)r->p, LEADER};
    if (!same(leader, before)) {
        put_operation(b, (Text8){"LDR", 3});
        put_parts(b, "before", leader);
        put_parts(b, "after", before);
        put(b, "}", 1);
    }
    for (int i = 0; i < r->entries; i++) {
        if (stays[i]) continue;
        Text8 tag = {(const char *)fields[i].tag, 3};
        Text8 text = {(const char *)fields[i].start, fields[i].stop - fields[i].start};
        if (is_001(tag)) return 0;
        put_operation(b, tag);
        put_place(b, "to", i);
        put_parts(b, "after", text);
        put(b, "}", 1);
        *linked |= has_link(text);
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        const Item *item = &items[i];
        int stayed = item->origin >= 0 && stays[item->origin] &&
                     !memcmp(item->tag.text, fields[item->origin].tag, 3);
        if (stayed) {
            const Field *f = &fields[item->origin];
            before = (Text8){(const char *)f->start, f->stop - f->start};
            if (item->text.text == before.text || same(item->text, before)) continue;
            *linked |= has_link(before);
        }
        if (is_001(item->tag)) return 0;
        put_operation(b, item->tag);
        put_place(b, "at", i);
        if (stayed) put_place(b, "to", item->origin);
        put_parts(b, "before", item->text);
        if (stayed) put_parts(b, "after", before);
        put(b, "}", 1);
        *linked |= has_link(item->text);
    }
    return 1;
}

const char rewrite_doc[] = "rewrite(record, leader, fields) -> (record, operations, linked) or None\n\n"
"Return a plain record with other fields, the operations that undo it as the JSON of a patch, and "
"whether one is about a field with $6. Each of `fields` is the place of a field that is as it was, "
"or a tuple of its place (None: it had none), tag and text. None: it takes more than this.";

PyObject *rewrite(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source, *leader_text, *entries;
    Record record, after;
    Text8 leader;
    (void)self;
    if (!PyArg_ParseTuple(args, "OUO!", &source, &leader_text, &PyList_Type, &entries)) return NULL;
    if (!text_of(leader_text, &leader) || leader.size != LEADER) Py_RETURN_NONE;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    Py_ssize_t n = PyList_Size(entries);
    int done = n <= MOST_FIELDS && plain_record(view.buf, view.len, 1, &record), linked = 0;
    size_t room = done ? record.entries * sizeof(Field) + n * sizeof(Item) + 1 : 1;
    Field *fields = malloc(room);
    Item *items = (Item *)(fields + (done ? record.entries : 0));
    Bytes made = {0}, operations = {0};
    PyObject *result = NULL;
    if (!fields) {
        PyErr_NoMemory();
        goto out;
    }
    if (done) {
        Field field = BEFORE_FIRST(record);
        for (int i = 0; i < record.entries; i++) {
            next_field(&record, i, &field);
            fields[i] = field;
        }
    }
    for (Py_ssize_t i = 0; done && i < n; i++)
        done = item_of(PyList_GetItem(entries, i), &record, fields, &items[i]);
    done = done && assemble(items, n, leader, &made, &after) &&
           undo(&record, fields, items, n, leader, &operations, &linked);
    if (made.failed || operations.failed) {
        PyErr_NoMemory();
    } else if (done) {
        result = Py_BuildValue("y#y#O", made.data, (Py_ssize_t)made.used,
                               operations.data ? (char *)operations.data : "",
                               (Py_ssize_t)operations.used, linked ? Py_True : Py_False);
    } else {
        Py_INCREF(Py_None);
        result = Py_None;
    }
out:
    free(fields);
    free(made.data);
    free(operations.data);
    PyBuffer_Release(&view);
    return result;
}
