/* Screening fields by a table: what is sound at first sight needs no look from Python. */

#include "scan.h"

/* A row for each of the tags 000 to 999; validate/screening.py makes them. */
enum {
    FIRST = 0, SECOND = 16,  /* indicators allowed, as bits */
    KINDS = 32,              /* for each subfield code: 0 look, 1 once, 2 repeatable; 4 is added to
                                one whose value is looked at */
    MAIN = 160,              /* subfields of which one must be there, as bits; the first bit: any will do */
    SOURCE = 176,            /* which indicator refers to $2 by its value 7; 0: none */
    ONLY_7 = 177,            /* $2 goes with that value alone */
    BLANKS = 178,            /* blanks at the beginning, or several together, are looked at */
    BEFORE = 179,            /* three subfields, each with four marks of which one ends what stands before */
    BRACKETS = 194,          /* brackets without a partner are looked at */
    ONCE = 195,              /* the field may not be repeated */
    ISBN = 196,              /* the values looked at are ISBNs: only those that are not plainly valid */
    GLANCE = 197,            /* how the whole field is looked at, see glances.c; 0: not */
    ROW = 198, TABLE = 1000 * ROW
};
enum { SUSPECT = 1, LINKED = 2, DOUBLED = 4, VALUES = 8 };

static const byte *row_of(const byte *table, const byte *tag, Py_ssize_t length)
{
    int number = length == 3 ? number_of(tag, 3) : -1;
    return number < 0 ? NULL : table + ROW * number;
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

/* Whether a subfield follows, as its row wants it, one of its marks; last is what ends before it. */
static int is_marked(const byte *row, byte code, byte last)
{
    for (const byte *entry = row + BEFORE; entry < row + BRACKETS; entry += 5)
        if (entry[0] == code) return memchr(entry + 1, last, 4) != NULL;
    return 1;
}

static int allowed(const byte *bits, byte value)
{
    return value < 0x80 && bits[value >> 3] >> (value & 7) & 1;
}

/* Whether text is a date and time as 005 has them: yyyymmddhhmmss.f. */
static int is_time(const byte *p, Py_ssize_t n)
{
    if (n != 16 || p[14] != '.' || number_of(p + 15, 1) < 0) return 0;
    int year = number_of(p, 4), month = number_of(p + 4, 2), day = number_of(p + 6, 2);
    int hour = number_of(p + 8, 2), minute = number_of(p + 10, 2), second = number_of(p + 12, 2);
    return year >= 1000 && year < 3000 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

/* Whether text begins with a valid ISBN in solid digits, and nothing that could belong to it. */
static int is_isbn(const byte *p, const byte *end)
{
    int n = 0, sum = 0;
    while (n < 14 && p + n < end && is_digit(p[n])) n++;
    const byte *after = p + n;
    if (n == 13) {
        if (memcmp(p, "978", 3) && (memcmp(p, "979", 3) || p[3] == '0')) return 0;
        for (int i = 0; i < 13; i++) sum += (i % 2 ? 3 : 1) * (p[i] - '0');
        if (sum % 10) return 0;
    } else if (n == 10 || (n == 9 && after < end && *after == 'X')) {
        for (int i = 0; i < 9; i++) sum += (10 - i) * (p[i] - '0');
        sum += n == 10 ? p[9] - '0' : 10;
        if (sum % 11) return 0;
        after = p + 10;
    } else {
        return 0;
    }
    return after == end || *after == ' ';
}

/* Look at the subfields that begin at p by a row of the table; an 880 by the schema alone. */
static int look(const byte *row, const byte *indicators, const byte *p, const byte *end, int own)
{
    byte seen[128] = {0};
    const byte *before = NULL;  /* the last character of the subfield before, its blanks left out */
    int result = 0, main_there = !own || allowed(row + MAIN, 0), square = 0, round = 0;
    while (p < end) {
        byte code = ++p < end ? *p : 0xff;
        if (code >= 0x80 || code == 0x1f) return result | SUSPECT;
        byte kind = row[KINDS + code];
        if (!kind || (seen[code] && (kind & 3) == 1)) result |= SUSPECT;
        if (code == '6' || code == '8') result |= LINKED;
        main_there |= allowed(row + MAIN, code);
        seen[code] = 1;
        const byte *value = ++p;
        p = value < end ? memchr(value, 0x1f, end - value) : NULL;
        if (!p) p = end;
        if (own && kind & 4 && (row[ISBN] ? !is_isbn(value, p) : 1)) result |= VALUES;
        if (value >= p || is_blank(value, p) || odd_text(value, p)) result |= SUSPECT;
        else if (own && row[BLANKS] && has_blanks(value, p)) result |= SUSPECT;
        if (own && row[BEFORE] && before && !is_marked(row, code, *before)) result |= SUSPECT;
        for (before = p - 1; before > value && *before == ' ';) before--;
        if (own && row[BRACKETS])
            for (const byte *q = value; q < p; q++) {
                square += (*q == '[') - (*q == ']');
                round += (*q == '(') - (*q == ')');
            }
    }
    if (square || round) result |= SUSPECT;
    if (own && row[GLANCE] && !passes(row[GLANCE], indicators, end)) result |= VALUES;
    if (own && row[SOURCE]) {
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
    if (is_control(tag)) {
        if (!row[KINDS] || is_blank(p, end) || odd_text(p, end)) return SUSPECT;
        return tag[2] == '5' && !is_time(p, length) ? VALUES : 0;
    }
    if (length < 4 || p[2] != 0x1f || p[0] == 0x1f || p[1] == 0x1f || (p[0] | p[1]) >= 0x80)
        return SUSPECT;
    int result = 0, own = memcmp(tag, "880", 3) != 0;
    if (!own) {
        /* An 880 follows the rule of the tag that it links to. */
        const byte *link = p + 4;
        if (p[3] != '6' || length < 8 || !row_of(table, link, 3) || is_control(link))
            return SUSPECT | LINKED;
        row = row_of(table, link, 3);
    }
    if (!allowed(row + FIRST, p[0]) || !allowed(row + SECOND, p[1])) result = SUSPECT;
    return result | look(row, p, p + 2, end, own);
}

const char screen_doc[] = "screen(tags, texts, table) -> bytes\n\n"
"Return a byte for each field: 1 is added where a screening table gives reason to look at it, 2 "
"where it has a subfield 6 or 8, 8 where it has one whose value is looked at.";

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

/* Put a text into the list of its tag: -1 for an error, 1 when it should not be there again. */
static int file_under(PyObject *by_tag, PyObject *tag, PyObject *text, int once)
{
    PyObject *list = list_under(by_tag, tag);
    if (!list) return -1;
    Py_ssize_t n = PyList_Size(list);
    int same = once && n;
    for (Py_ssize_t i = 0; !same && i < n; i++)
        same = PyObject_RichCompareBool(PyList_GetItem(list, i), text, Py_EQ);
    return same < 0 || PyList_Append(list, text) < 0 ? -1 : same;
}

const char examine_doc[] = "examine(record, table) -> (by_tag, flags, looks)\n\n"
"Return the texts of a plain record's fields by tag; what `screen` says of all of them together, with "
"4 added when a field stands twice that may not, and the reasons to look at the record as a whole; and "
"tag, text and mark of the fields to look at.";

PyObject *examine(PyObject *self, PyObject *args)
{
    Py_buffer view;
    const char *table;
    Py_ssize_t size;
    Record record;
    int failed = 0, flags = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*y#", &view, &table, &size)) return NULL;
    if (size != TABLE || !sound_record(view.buf, view.len, 1, &record)) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "not a plain record, or no table of 1,000 rows");
        return NULL;
    }
    Field f = BEFORE_FIRST(record);
    Gist gist = {0};
    PyObject *by_tag = PyDict_New(), *looks = PyList_New(0);
    for (int i = 0; by_tag && looks && !failed && i < record.entries; i++) {
        next_field(&record, i, &f);
        const byte *row = row_of((const byte *)table, f.tag, 3);
        PyObject *tag = tag_of(f.tag);
        PyObject *text = PyUnicode_DecodeUTF8((const char *)f.start, f.stop - f.start, "strict");
        int mark = judge((const byte *)table, f.tag, 3, f.start, f.stop - f.start);
        gather_gist(&gist, &f);
        int twice = tag && text
                        ? file_under(by_tag, tag, text, row && row[ONCE]) : -1;
        flags |= mark | (twice > 0 && !is_control(f.tag) ? DOUBLED : 0)
                 | (twice > 0 && row && row[ONCE] ? DOUBLED : 0);
        failed = twice < 0;
        if (!failed && mark & (SUSPECT | VALUES)) {
            PyObject *look = Py_BuildValue("OOi", tag, text, mark);
            failed = !look || PyList_Append(looks, look) < 0;
            Py_XDECREF(look);
        }
        Py_XDECREF(text);
        Py_XDECREF(tag);
    }
    flags |= reasons(&gist, record.p);
    PyBuffer_Release(&view);
    if (by_tag && looks && !failed) return Py_BuildValue("NiN", by_tag, flags, looks);
    Py_XDECREF(by_tag);
    Py_XDECREF(looks);
    return NULL;
}
