/* Screening fields by a table: what is sound at first sight needs no look from Python. */

#include "scan.h"

/* A row for each of the tags 000 to 999; validate/screening.py makes them. */
enum {
    FIRST = 0, SECOND = 16,  /* indicators allowed, as bits */
    KINDS = 32,              /* for each subfield code: 0 look, 1 once, 2 repeatable; 4 times what its
                                value is to be (values.c) is added */
    ONE_OF = 160,            /* subfields of which one must be there, as bits; the first bit: any will do */
    REFERS = 176,            /* which indicator refers to $2 by its value 7; 0: none */
    ONLY_7 = 177,            /* $2 goes with that value alone */
    UNBLANK = 178,           /* blanks at the beginning, or several together, are looked at */
    BEFORE = 179,            /* three subfields, each with four marks of which one ends what stands before */
    PAIRED = 194,            /* brackets without a partner are looked at */
    ONCE = 195,              /* the field may not be repeated */
    UNMARKED = 196,          /* marks of ISBD that end a subfield before another are looked at */
    GLANCE = 197,            /* how the whole field is looked at, see glances.c; 0: not */
    NEEDED = 198,            /* a bit for each field that a record must have; 0 for others */
    ROW = 199, ROWS = 1000 * ROW /* after them the bits of NEEDED that there are, then lists */
};

static int read_table(Table *table, const char *data, Py_ssize_t size)
{
    table->rows = (const byte *)data;
    table->lists = table->rows + ROWS + 1;
    table->end = table->rows + size;
    if (size > ROWS) return 1;
    PyErr_SetString(PyExc_ValueError, "no table of 1,000 rows");
    return 0;
}

static const byte *row_of(const Table *table, const byte *tag, Py_ssize_t length)
{
    int number = length == 3 ? number_of(tag, 3) : -1;
    return number < 0 ? NULL : table->rows + ROW * number;
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
    for (const byte *entry = row + BEFORE; entry < row + PAIRED; entry += 5)
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

/* Brackets on the way through a field: those that are open, the last one in the lowest bit. */
typedef struct { uint64_t square; int open, wrong; } Open;

static void follow_brackets(Open *b, const byte *p, const byte *end)
{
    for (; p < end; p++) {
        if (*p == '(' || *p == '[') {
            b->square = b->square << 1 | (*p == '[');
            b->wrong |= ++b->open > 64;
        } else if (*p == ')' || *p == ']') {
            b->wrong |= !b->open || (b->square & 1) != (*p == ']');
            b->square >>= 1;
            b->open -= b->open > 0;
        }
    }
}

/* Look at the subfields of a field by a row of the table; of an 880 by the schema alone. */
static int look(const Table *table, const byte *row, const Field *f, int own)
{
    byte seen[128] = {0};
    const byte *p = f->start + 2, *end = f->stop;
    const byte *before = NULL;  /* the last character of the subfield before, its blanks left out */
    byte previous = 0;          /* and its code */
    int result = 0, main_there = !own || allowed(row + ONE_OF, 0);
    Open brackets = {0, 0, 0};
    while (p < end) {
        byte code = ++p < end ? *p : 0xff;
        if (code >= 0x80 || code == 0x1f) return result | EVERY_KIND;
        byte kind = row[KINDS + code];
        if (!(kind & 3) || (seen[code] && (kind & 3) == 1)) result |= SUSPECT;
        if (code == '6' || code == '8') result |= LINKED;
        main_there |= allowed(row + ONE_OF, code);
        seen[code] = 1;
        const byte *value = ++p;
        p = value < end ? memchr(value, 0x1f, end - value) : NULL;
        if (!p) p = end;
        int blank = value >= p || is_blank(value, p);
        if (blank || odd_text(value, p)) result |= SUSPECT | ODD;
        if (!own) continue;
        if (kind > 3 && !is_sound_value(table, kind >> 2, value, p)) result |= LOOK_VALUES;
        if (row[UNBLANK] && value < p && (blank || has_blanks(value, p))) result |= LOOK_BLANKS;
        if (before && row[BEFORE] && !memchr("0125679w", previous, 8) &&
            !is_marked(row, code, *before))
            result |= LOOK_MARKS;
        if (before && row[UNMARKED] && memchr(":;/=+", *before, 5)) result |= LOOK_MARKS;
        for (before = p - 1; before > value && *before == ' ';) before--;
        previous = code;
        if (row[PAIRED]) follow_brackets(&brackets, value, p);
    }
    if (!own) return result;
    if (brackets.open || brackets.wrong) result |= LOOK_BRACKETS;
    if (row[GLANCE] && !passes(row[GLANCE], table, f)) result |= LOOK_VALUES;
    if (row[REFERS]) {
        byte refers = f->start[row[REFERS] - 1];
        if (refers == '7' ? !seen['2'] : seen['2'] && refers != ' ' && row[ONLY_7]) result |= LOOK_SOURCE;
    }
    return main_there ? result : result | LOOK_MAIN;
}

/* Why there is to look at a field: for nothing, when it is, at first sight, as its row says. */
static int judge(const Table *table, Py_ssize_t tag_length, const Field *f)
{
    const byte *row = row_of(table, f->tag, tag_length), *p = f->start;
    Py_ssize_t length = f->stop - p;
    if (row && is_control(f->tag)) {
        if (!row[KINDS] || is_blank(p, f->stop) || odd_text(p, f->stop)) return SUSPECT | ODD;
        return f->tag[2] == '5' && !is_time(p, length) ? LOOK_TIME : 0;
    }
    if (length < 4 || p[2] != 0x1f || p[0] == 0x1f || p[1] == 0x1f || (p[0] | p[1]) >= 0x80)
        return EVERY_KIND;
    static const byte none[ROW];
    if (!row) return SUSPECT | look(table, none, f, 0);
    int result = 0, own = memcmp(f->tag, "880", 3) != 0;
    if (!own) {
        /* An 880 follows the rule of the tag that it links to. */
        const byte *link = p + 4;
        if (p[3] != '6' || length < 8 || !row_of(table, link, 3) || is_control(link))
            return EVERY_KIND | LINKED;
        row = row_of(table, link, 3);
    }
    if (!allowed(row + FIRST, p[0]) || !allowed(row + SECOND, p[1])) result = SUSPECT;
    return result | look(table, row, f, own);
}

const char screen_doc[] = "screen(tags, texts, table) -> marks\n\n"
"Return a number for each field: 0 where a screening table gives no reason to look at it, else the "
"reasons that marc/validate/subject.py names, added up.";

PyObject *screen(PyObject *self, PyObject *args)
{
    PyObject *tags, *texts;
    const char *data;
    Py_ssize_t size;
    Table table;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOy#", &tags, &texts, &data, &size) ||
        !read_table(&table, data, size))
        return NULL;
    Py_ssize_t count = PyList_Check(tags) && PyList_Check(texts) ? PyList_Size(tags) : -1;
    if (count < 0 || PyList_Size(texts) != count) {
        PyErr_SetString(PyExc_ValueError, "two lists of a length");
        return NULL;
    }
    PyObject *marks = PyList_New(count);
    for (Py_ssize_t i = 0; marks && i < count; i++) {
        Py_ssize_t tag_length, length;
        const char *tag = PyUnicode_AsUTF8AndSize(PyList_GetItem(tags, i), &tag_length);
        const char *text =
            tag ? PyUnicode_AsUTF8AndSize(PyList_GetItem(texts, i), &length) : NULL;
        int mark = EVERY_KIND | LINKED;
        if (text) {
            Field f = {(const byte *)tag, (const byte *)text, (const byte *)text + length};
            mark = judge(&table, tag_length, &f);
        } else {
            PyErr_Clear(); /* a lone surrogate: Python looks */
        }
        PyObject *number = PyLong_FromLong(mark);
        if (number) PyList_SetItem(marks, i, number);
        else Py_CLEAR(marks);
    }
    return marks;
}

/* The fields of a record as they come, each with the one of its tag before it, counted from 1; tags
   that are no numbers share a place. */
typedef struct {
    uint16_t last[1001], before[MOST_FIELDS];
    const byte *starts[MOST_FIELDS];
} Course;

/* Whether a field stands twice that may not: its tag for those of `once`, else all of a data field. */
static int is_doubled(Course *c, const Record *record, int i, const Field *f, int once)
{
    int number = number_of(f->tag, 3), doubled = 0;
    Py_ssize_t length = f->stop - f->start;
    uint16_t *last = &c->last[number < 0 ? 1000 : number];
    for (int k = *last; k && !doubled; k = c->before[k - 1]) {
        const byte *tag = record->p + LEADER + ENTRY * (k - 1);
        if (memcmp(tag, f->tag, 3)) continue;
        doubled = once || (!is_control(tag) && record->lengths[k - 1] == length + 1 &&
                           !memcmp(c->starts[k - 1], f->start, length));
    }
    c->before[i] = *last;
    c->starts[i] = f->start;
    *last = (uint16_t)(i + 1);
    return doubled;
}

/* Add tag, text and mark of a field to those to look at. */
static int add_look(PyObject *looks, const Field *f, int mark)
{
    PyObject *text = PyUnicode_DecodeUTF8((const char *)f->start, f->stop - f->start, "strict");
    PyObject *look = text ? Py_BuildValue("NNi", tag_of(f->tag), text, mark) : NULL;
    int done = look && PyList_Append(looks, look) == 0;
    Py_XDECREF(look);
    return done;
}

const char examine_doc[] = "examine(record, leader, table, positions) -> (flags, looks, control)\n\n"
"Return why to look at a plain record (with a leader of its own), and tag, text and mark of the "
"fields to look at: reasons that marc/validate/subject.py names, added up; and, where there is any "
"reason, the texts of the control fields by tag.";

PyObject *examine(PyObject *self, PyObject *args)
{
    Py_buffer view;
    const char *data, *positions, *leader;
    Py_ssize_t size, positions_size, leader_size;
    Table table;
    Record record;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*s#y#y#", &view, &leader, &leader_size, &data, &size, &positions,
                          &positions_size))
        return NULL;
    if (!read_table(&table, data, size)) {
        PyBuffer_Release(&view);
        return NULL;
    }
    if (leader_size != LEADER || !sound_record(view.buf, view.len, 1, &record)) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "not a plain record with a leader of 24 characters");
        return NULL;
    }
    const byte *head = (const byte *)leader;
    Field f = BEFORE_FIRST(record);
    Gist gist;
    Course course;
    memset(&gist, 0, sizeof gist);
    memset(course.last, 0, sizeof course.last);
    PyObject *looks = PyList_New(0), *control = PyDict_New();
    int flags = 0, needed = 0, done = looks && control;
    for (int i = 0; done && i < record.entries; i++) {
        next_field(&record, i, &f);
        const byte *row = row_of(&table, f.tag, 3);
        int mark = judge(&table, 3, &f);
        flags |= mark;
        if (row) needed |= row[NEEDED];
        gather_gist(&gist, &f);
        if (mark & LINKED) gather_links(&gist, &f);
        if (is_doubled(&course, &record, i, &f, row && row[ONCE])) flags |= DOUBLED;
        if (mark & ~LINKED) done = add_look(looks, &f, mark);
    }
    flags |= reasons(&gist, head);
    if (needed != table.rows[ROWS]) flags |= LOOK_NEEDED;
    if (!sound_leader((const byte *)positions, positions_size, head)) flags |= LOOK_LEADER;
    if (!sound_fixed((const byte *)positions, positions_size, &table, &record)) flags |= LOOK_FIXED;
    if (flags & LINKED && (head[9] != 'a' || !links_agree(&gist))) flags |= LOOK_LINKS;
    if (done && flags) done = add_control(control, &record);
    PyBuffer_Release(&view);
    if (done) return Py_BuildValue("iNN", flags, looks, control);
    Py_XDECREF(looks);
    Py_XDECREF(control);
    return NULL;
}
