/* Screening fields by a table: what is sound at first sight needs no look from Python. */

#include "scan.h"

/* A row for each of the tags 000 to 999; validate/screening.py makes them. */
enum {
    FIRST = 0, SECOND = 16,  /* indicators allowed, as bits */
    KINDS = 32,              /* for each subfield code: 0 look, 1 once, 2 repeatable */
    MAIN = 160,              /* subfields of which one must be there, as bits; the first bit: any will do */
    SOURCE = 176,            /* which indicator refers to $2 by its value 7; 0: none */
    ONLY_7 = 177,            /* $2 goes with that value alone */
    BLANKS = 178,            /* blanks at the beginning, or several together, are looked at */
    ROW = 192, TABLE = 1000 * ROW
};
enum { SUSPECT = 1, LINKED = 2 };

static const byte *row_of(const byte *table, const byte *tag, Py_ssize_t length)
{
    if (length != 3) return NULL;
    int number = 0;
    for (int i = 0; i < 3; i++) {
        if (tag[i] < '0' || tag[i] > '9') return NULL;
        number = 10 * number + tag[i] - '0';
    }
    return table + ROW * number;
}

/* Whether text needs a second look: a control character, or a character that stands for none. */
static int odd_text(const byte *p, const byte *end)
{
    for (; p < end; p++) {
        if (*p >= 0x20 && *p < 0x7f) continue;
        if (*p < 0x20 || *p == 0x7f) return 1;
        if (end - p > 1 && ((*p == 0xc2 && p[1] < 0xa0) || (*p == 0xef && p[1] == 0xbf))) return 1;
    }
    return 0;
}

static int is_blank(const byte *p, const byte *end)
{
    while (p < end && *p == ' ') p++;
    return p == end;
}

/* Whether a value that is not blank begins with a blank, or holds two together within. */
static int has_blanks(const byte *p, const byte *end)
{
    if (*p == ' ') return 1;
    while (end[-1] == ' ') end--;
    while ((p = memchr(p, ' ', end - p)))
        if (*++p == ' ') return 1;
    return 0;
}

static int allowed(const byte *bits, byte value)
{
    return value < 0x80 && bits[value >> 3] >> (value & 7) & 1;
}

/* Look at the subfields that begin at p by a row of the table. */
static int look(const byte *row, const byte *indicators, const byte *p, const byte *end)
{
    byte seen[128] = {0};
    int result = 0, main_there = allowed(row + MAIN, 0);
    while (p < end) {
        byte code = ++p < end ? *p : 0xff;
        if (code >= 0x80 || code == 0x1f) return result | SUSPECT;
        byte kind = row[KINDS + code];
        if (!kind || (seen[code] && kind == 1)) result |= SUSPECT;
        if (code == '6' || code == '8') result |= LINKED;
        main_there |= allowed(row + MAIN, code);
        seen[code] = 1;
        const byte *value = ++p;
        p = value < end ? memchr(value, 0x1f, end - value) : NULL;
        if (!p) p = end;
        if (value >= p || is_blank(value, p) || odd_text(value, p)) result |= SUSPECT;
        else if (row[BLANKS] && has_blanks(value, p)) result |= SUSPECT;
    }
    if (row[SOURCE]) {
        byte refers = indicators[row[SOURCE] - 1];
        if (refers == '7' ? !seen['2'] : seen['2'] && refers != ' ' && row[ONLY_7])
            result |= SUSPECT;
    }
    return main_there ? result : result | SUSPECT;
}

/* What there is to say of a field: SUSPECT when it is not, at first sight, as its row says. */
static int judge(const byte *table, const byte *tag, Py_ssize_t tag_length, const byte *p,
                 Py_ssize_t length)
{
    const byte *row = row_of(table, tag, tag_length), *end = p + length;
    if (!row) return SUSPECT;
    if (is_control(tag))
        return !row[KINDS] || is_blank(p, end) || odd_text(p, end) ? SUSPECT : 0;
    if (length < 4 || p[2] != 0x1f || (p[0] | p[1]) >= 0x80) return SUSPECT;
    int result = 0;
    if (!memcmp(tag, "880", 3)) {
        /* An 880 follows the rule of the tag that it links to. */
        const byte *link = p + 4;
        if (p[3] != '6' || length < 8 || !row_of(table, link, 3) || is_control(link))
            return SUSPECT | LINKED;
        row = row_of(table, link, 3);
    }
    if (!allowed(row + FIRST, p[0]) || !allowed(row + SECOND, p[1])) result = SUSPECT;
    return result | look(row, p, p + 2, end);
}

const char screen_doc[] = "screen(tags, texts, table) -> bytes\n\n"
"Return a byte for each field: 1 is added where a screening table gives reason to look at it, 2 "
"where it has a subfield 6 or 8.";

PyObject *screen(PyObject *self, PyObject *args)
{
    PyObject *tags, *texts;
    const char *table;
    Py_ssize_t size;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOy#", &tags, &texts, &table, &size)) return NULL;
    Py_ssize_t count = PyList_Check(tags) && PyList_Check(texts) ? PyList_Size(tags) : -1;
    if (size != TABLE || count < 0 || PyList_Size(texts) != count) {
        PyErr_SetString(PyExc_ValueError, "two lists of a length and a table of 1,000 rows");
        return NULL;
    }
    PyObject *marks = PyBytes_FromStringAndSize(NULL, count);
    if (!marks) return NULL;
    char *mark = PyBytes_AsString(marks);
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_ssize_t tag_length, length;
        const char *tag = PyUnicode_AsUTF8AndSize(PyList_GetItem(tags, i), &tag_length);
        const char *text =
            tag ? PyUnicode_AsUTF8AndSize(PyList_GetItem(texts, i), &length) : NULL;
        mark[i] = SUSPECT | LINKED;
        if (text)
            mark[i] = (char)judge((const byte *)table, (const byte *)tag, tag_length,
                                  (const byte *)text, length);
        else
            PyErr_Clear();  /* a lone surrogate: Python looks */
    }
    return marks;
}

/* Put a text into the list of its tag. */
static int file_under(PyObject *by_tag, PyObject *tag, PyObject *text)
{
    PyObject *list = PyDict_GetItemWithError(by_tag, tag);
    if (list) return PyList_Append(list, text);
    if (PyErr_Occurred() || !(list = PyList_New(1))) return -1;
    Py_INCREF(text);
    PyList_SetItem(list, 0, text);
    int failed = PyDict_SetItem(by_tag, tag, list);
    Py_DECREF(list);
    return failed;
}

const char examine_doc[] = "examine(record, table) -> (tags, texts, by_tag, marks)\n\n"
"Return the tags of a plain record's fields, their texts without terminators, the texts by tag, and "
"what `screen` says of each.";

PyObject *examine(PyObject *self, PyObject *args)
{
    Py_buffer view;
    const char *table;
    Py_ssize_t size;
    Record record;
    int failed = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*y#", &view, &table, &size)) return NULL;
    if (size != TABLE || !sound_record(view.buf, view.len, 1, &record)) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "not a plain record, or no table of 1,000 rows");
        return NULL;
    }
    int count = record.entries;
    Field f = BEFORE_FIRST(record);
    PyObject *tags = PyList_New(count), *texts = PyList_New(count), *by_tag = PyDict_New();
    PyObject *marks = PyBytes_FromStringAndSize(NULL, count);
    char *mark = marks ? PyBytes_AsString(marks) : NULL;
    for (int i = 0; tags && texts && by_tag && mark && !failed && i < count; i++) {
        next_field(&record, i, &f);
        failed = !set_field(tags, texts, i, &f) ||
                 file_under(by_tag, PyList_GetItem(tags, i), PyList_GetItem(texts, i)) < 0;
        mark[i] = (char)judge((const byte *)table, f.tag, 3, f.start, f.stop - f.start);
    }
    PyBuffer_Release(&view);
    if (tags && texts && by_tag && marks && !failed)
        return Py_BuildValue("NNNN", tags, texts, by_tag, marks);
    Py_XDECREF(tags);
    Py_XDECREF(texts);
    Py_XDECREF(by_tag);
    Py_XDECREF(marks);
    return NULL;
}
