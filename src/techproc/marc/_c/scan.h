/* What the parts of the scanner's C core share.

   Built with CPython's limited API (3.11), without other headers; optional: _plainscan.py does the
   same. Functions that work on many records let go of the interpreter's lock while they do. */

#ifndef TECHPROC_SCAN_H
#define TECHPROC_SCAN_H

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* what the parts share is no one else's */
#endif

typedef unsigned char byte;

enum { TERMINATOR = 0x1e, DELIMITER = 0x1f, END = 0x1d, ESC = 0x1b, LEADER = 24, ENTRY = 12 };

/* plain.c: records that are right in every respect. */

#define MOST_FIELDS ((99999 - LEADER) / ENTRY)

typedef struct {
    const byte *p;     /* where the record starts */
    int size, base;    /* its length, and where its data begin */
    int entries;       /* how many fields it has */
    int delimiters;    /* how many subfields */
    int ascii, escape; /* whether all of it is ASCII, and any of it is an escape */
    int odd;           /* whether a delimiter has no code after it */
    uint16_t lengths[MOST_FIELDS]; /* of each field, with its terminator */
} Record;

typedef struct { const byte *tag, *start, *stop; } Field;

static inline int is_digit(byte c) { return c >= '0' && c <= '9'; }
static inline int is_upper(byte c) { return c >= 'A' && c <= 'Z'; }
static inline int is_lower(byte c) { return c >= 'a' && c <= 'z'; }
static inline int is_letter(byte c) { return is_upper(c) || is_lower(c); }

/* The number that n digits write; -1 where one is none. */
static inline int number_of(const byte *p, int n)
{
    int number = 0;
    for (int i = 0; i < n; i++) {
        if (!is_digit(p[i])) return -1;
        number = 10 * number + p[i] - '0';
    }
    return number;
}

/* Write a number in n digits. */
static inline void put_digits(byte *p, int n, Py_ssize_t number)
{
    while (n--) {
        p[n] = (byte)('0' + number % 10);
        number /= 10;
    }
}

static inline int is_control(const byte *tag)
{
    return tag[0] == '0' && tag[1] == '0' && is_digit(tag[2]);
}

/* The record at p, of which `left` bytes are there (`final`: and no more will come), when its
   structure is right in every respect but, maybe, subfields without a code; 0 for any other. */
int framed_record(const byte *p, Py_ssize_t left, int final, Record *record);

/* The same for a record whose subfields all have codes. */
int sound_record(const byte *p, Py_ssize_t left, int final, Record *record);

/* Whether the text of a framed record is plain. */
int plain_text(const Record *record);

/* The same for a record that is plain in its text too. */
int plain_record(const byte *p, Py_ssize_t left, int final, Record *record);

/* Step through the fields in order, from BEFORE_FIRST with i = 0. */
#define BEFORE_FIRST(record) {NULL, NULL, (record).p + (record).base - 1}

static inline void next_field(const Record *record, int i, Field *field)
{
    field->tag = record->p + LEADER + ENTRY * i;
    field->start = field->stop + 1;
    field->stop += record->lengths[i];
}

/* records.c: the texts of fields. */

PyObject *tag_of(const byte *tag);
PyObject *list_under(PyObject *lists, PyObject *tag);
int set_field(PyObject *tags, PyObject *texts, int i, const Field *field);

/* grouped.c */

int add_control(PyObject *texts, const Record *record);

/* text.c: what the bytes of a record's fields are. */

typedef struct {
    int terminators, delimiters;
    int ascii;
    int ends;     /* an end of record */
    int odd;      /* a delimiter with no code after it */
    int escape;
} Text;

void survey(const byte *p, Py_ssize_t size, Text *text);
int plain_utf8(const byte *p, const byte *end);
int valid_utf8(const byte *p, const byte *end);

#define MOST_BYTES 0x7fff0000u /* of a column: offsets are int32; no record has over 99,999 bytes */

/* bytes.c: a growing run of bytes, handed to Python without a copy. */

typedef struct { byte *data; size_t used, room; int failed; } Bytes;

int grow(Bytes *b, size_t n);
void use_spare(Bytes *b, size_t n);
PyObject *taken(Bytes *b);
int make_buffer_type(void);

/* Have room for n bytes more; 0 when memory is out, which the run remembers. */
static inline int reserve(Bytes *b, size_t n) { return b->room - b->used >= n || grow(b, n); }

static inline void put(Bytes *b, const void *from, size_t n)
{
    if (!n || !reserve(b, n)) return;
    memcpy(b->data + b->used, from, n);
    b->used += n;
}

static inline void put32(Bytes *b, int32_t value) { put(b, &value, sizeof value); }

/* marc8.c: values in MARC-8. */

int marc8_loaded(void);
Py_ssize_t put_marc8(Bytes *b, const byte *p, Py_ssize_t size, int references);

/* weights.c: which encoding a text is in that is not UTF-8. */

enum { UNKNOWN, MARC8, CP1252, KOI8_R, CP1251 };

int weights_loaded(void);
int weigh(const byte *p, const byte *end, int flagged);
int put_letters(Bytes *b, const byte *p, const byte *end, int encoding);

/* recoded.c: records in another encoding, in UTF-8. */

int recoded_record(const byte *p, Py_ssize_t left, int final, Record *record, Bytes *out,
                   Record *made);

/* odd.c: records that are not plain. */

typedef struct {
    PyObject *told; /* what is called for them; None: they end a run */
    int ready;      /* whether some are to be read here */
    int failed;     /* an exception is set */
    Bytes made, notes;
} Odd;

int odd_record(Odd *odd, const byte *data, Py_ssize_t size, Py_ssize_t at, int final,
               Py_ssize_t records, Record *made);
void look_for_odd(Odd *odd);
int tell_notes(Odd *odd);
PyObject *read_odd(Odd *odd, Py_ssize_t *at, Py_ssize_t records, Py_ssize_t size);
void forget_odd(Odd *odd);

/* screen.c: why a field, or a record, is to be looked at; marc/validate/subject.py has the same. */

enum {
    SUSPECT = 1, LINKED = 2, DOUBLED = 4, LOOK_VALUES = 8,
    LOOK_TITLE = 1 << 4, LOOK_MAIN_ENTRY = 1 << 5, LOOK_ELEMENTS = 1 << 6, LOOK_SERIES = 1 << 7,
    LOOK_LANGUAGE = 1 << 8, LOOK_CARRIER = 1 << 9, LOOK_ONLINE = 1 << 10, LOOK_DATE = 1 << 11,
    LOOK_CONTENTS = 1 << 12, LOOK_FIXED = 1 << 13, LOOK_LINKS = 1 << 14, LOOK_NEEDED = 1 << 15,
    LOOK_TIME = 1 << 16, LOOK_MAIN = 1 << 17, LOOK_SOURCE = 1 << 18, LOOK_BLANKS = 1 << 19,
    LOOK_MARKS = 1 << 20, LOOK_BRACKETS = 1 << 21, ODD = 1 << 22, LOOK_LEADER = 1 << 23,
    EVERY_KIND = SUSPECT | LOOK_VALUES | LOOK_MAIN | LOOK_SOURCE | LOOK_BLANKS | LOOK_MARKS |
                 LOOK_BRACKETS | ODD
};

/* A screening table: a row for each of the tags 000 to 999, and lists of codes. */
typedef struct { const byte *rows, *lists, *end; } Table;

/* values.c: what is plainly right in a subfield. */

enum { ANYTHING = 1, ISBN, ISSN, LINKED_ISSN, ADDRESS, LCCN, SYSTEM_NUMBER, DEWEY, EDITION,
       FIRST_LIST };
enum { LANGUAGES, COUNTRIES, AREAS, TERMS = 7, TERM_NAMES, TERM_CODES }; /* lists that are asked for by name */

int in_list(const Table *table, int which, const byte *p, const byte *end);
int is_sound_value(const Table *table, int kind, const byte *p, const byte *end);

/* glances.c: fields that are plainly right. */

int begins(const byte *p, const byte *end, const char *with);
int has(const byte *p, const byte *end, const char *what);
int passes(int glance, const Table *table, const Field *f);

/* gist.c: records that are plainly right as a whole. */

enum { MOST_SAME = 8, MOST_LINKS = 64 };

typedef struct { const byte *tag, *occurrence; int vernacular; } LinkTo;

typedef struct {
    Field fixed, title, extent, language; /* the first of each */
    Field imprints[MOST_SAME], productions[MOST_SAME], types[3];
    int n_imprints, n_productions, n_types[3], n_physical, n_links;
    unsigned there;
    int index, traced; /* a note may tell of an index; a series is traced */
    int address, computer, remote; /* 856 $u, 006 m, 007 cr */
    int torn;                      /* a link that is not plainly right */
    byte physical[MOST_SAME];      /* how the 007s begin */
    LinkTo links[MOST_LINKS];
} Gist;

void gather_gist(Gist *gist, const Field *field);
void gather_links(Gist *gist, const Field *field);
int links_agree(const Gist *gist);
int reasons(const Gist *gist, const byte *leader);

/* fixed.c: fixed fields by position. */

int sound_leader(const byte *positions, Py_ssize_t size, const byte *leader);
int sound_fixed(const byte *positions, Py_ssize_t size, const Table *table, const Record *record);

/* The functions of the module. */

extern const char run_doc[], load_doc[], fields_doc[], gather_doc[], screen_doc[], examine_doc[],
    subfields_doc[], labels_doc[], deltas_doc[], rewrite_doc[], xml_record_doc[], marc8_load_doc[],
    marc8_decode_doc[], marc8_record_doc[], weights_load_doc[], weigh_text_doc[], grouped_doc[],
    ask_doc[], by_tag_doc[];

PyObject *run(PyObject *self, PyObject *args);
PyObject *load(PyObject *self, PyObject *args);
PyObject *fields(PyObject *self, PyObject *source);
PyObject *grouped(PyObject *self, PyObject *args);
PyObject *ask(PyObject *self, PyObject *args);
PyObject *by_tag(PyObject *self, PyObject *source);
PyObject *gather(PyObject *self, PyObject *args);
PyObject *subfields(PyObject *self, PyObject *args);
PyObject *screen(PyObject *self, PyObject *args);
PyObject *examine(PyObject *self, PyObject *args);
PyObject *labels(PyObject *self, PyObject *args);
PyObject *deltas(PyObject *self, PyObject *args);
PyObject *rewrite(PyObject *self, PyObject *args);
PyObject *xml_record(PyObject *self, PyObject *source);
PyObject *marc8_load(PyObject *self, PyObject *args);
PyObject *marc8_decode(PyObject *self, PyObject *args);
PyObject *marc8_record(PyObject *self, PyObject *args);
PyObject *weights_load(PyObject *self, PyObject *args);
PyObject *weigh_text(PyObject *self, PyObject *args);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
