/* Sets of words as sorted rows of their hashes, and how many numbers two rows share, for many pairs
   of rows at a time.

   Built with CPython's limited API (3.11), without other headers; optional: rows.py does the same
   in Python and numpy. The long loop lets go of the interpreter's lock. */

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned char byte;
typedef struct { const uint32_t *values; const int64_t *ends; Py_ssize_t size, rows; } Rows;

static int read_rows(Rows *rows, const Py_buffer *values, const Py_buffer *ends)
{
    rows->values = values->buf;
    rows->ends = ends->buf;
    rows->size = values->len / 4;
    rows->rows = ends->len / 8 - 1;
    return rows->rows >= 0;
}

/* The bounds of a row; 0 when there is no such row, or its bounds lie outside the values. */
static int bounds(const Rows *rows, int64_t row, int64_t *start, int64_t *stop)
{
    if (row < 0 || row >= rows->rows) return 0;
    *start = rows->ends[row];
    *stop = rows->ends[row + 1];
    return *start >= 0 && *start <= *stop && *stop <= rows->size;
}

PyDoc_STRVAR(overlaps_doc, "overlaps(values, ends, at, values, ends, to) -> bytes\n\n"
"Return for each i how many numbers row at[i] of the first shares with row to[i] of the second, as "
"int32. Values are uint32, rising within a row; ends, at and to are int64.");

static PyObject *overlaps(PyObject *self, PyObject *args)
{
    Py_buffer b[6];
    PyObject *o[6], *made = NULL;
    int got = 0, right = 1;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOO", &o[0], &o[1], &o[2], &o[3], &o[4], &o[5])) return NULL;
    while (got < 6) {
        if (PyObject_GetBuffer(o[got], &b[got], PyBUF_SIMPLE) < 0) goto done;
        got++;
    }
    Rows one, other;
    Py_ssize_t pairs = b[2].len / 8;
    if (!read_rows(&one, &b[0], &b[1]) || !read_rows(&other, &b[3], &b[4]) ||
        b[5].len / 8 != pairs) {
        PyErr_SetString(PyExc_ValueError, "the columns do not belong together");
        goto done;
    }
    const int64_t *at = b[2].buf, *to = b[5].buf;
    made = PyBytes_FromStringAndSize(NULL, pairs * 4);
    if (!made) goto done;
    int32_t *out = (int32_t *)PyBytes_AsString(made);
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t k = 0; k < pairs && right; k++) {
        int64_t i, j, m, n;
        if (!bounds(&one, at[k], &i, &m) || !bounds(&other, to[k], &j, &n)) { right = 0; break; }
        int32_t shared = 0;
        while (i < m && j < n) {
            uint32_t x = one.values[i], y = other.values[j];
            shared += x == y;
            i += x <= y;
            j += y <= x;
        }
        out[k] = shared;
    }
    Py_END_ALLOW_THREADS
    if (!right) {
        Py_CLEAR(made);
        PyErr_SetString(PyExc_IndexError, "a pair names a row that is not there");
    }
done:
    while (got > 0) PyBuffer_Release(&b[--got]);
    return made;
}

#define MOST 4096  /* words of a text that count */

static uint64_t fnv(const char *p, Py_ssize_t n) /* FNV-1a */
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (Py_ssize_t i = 0; i < n; i++) h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
    return h;
}

/* The same, its upper half folded into the lower. */
static uint32_t hash(const char *p, Py_ssize_t n)
{
    uint64_t h = fnv(p, n);
    return (uint32_t)(h ^ (h >> 32));
}

/* The hash of a word without what misprints and spellings change most: see rows.skeleton. */
static uint32_t stem(const char *p, Py_ssize_t n)
{
    char kept[64];
    Py_ssize_t size = 1;
    if (n < 4 || n > 64) return hash(p, n);
    for (Py_ssize_t i = 0; i < n; i++)
        if (p[i] >= '0' && p[i] <= '9') return hash(p, n);
    kept[0] = p[0];
    for (Py_ssize_t i = 1; i < n; i++)
        if (!strchr("aeiouyh", p[i]) && p[i] != kept[size - 1]) kept[size++] = p[i];
    if (kept[size - 1] == 's' && size > 2 && p[n - 1] == 's') size--;
    return hash(kept, size);
}

/* A row being made: distinct numbers, rising. */
typedef struct { uint32_t values[MOST]; Py_ssize_t count; } Made;

/* Into its place: texts are short, and their words few. */
static void insert(Made *row, uint32_t value)
{
    Py_ssize_t at = row->count;
    while (at > 0 && row->values[at - 1] > value) at--;
    if ((at > 0 && row->values[at - 1] == value) || row->count == MOST) return;
    memmove(row->values + at + 1, row->values + at, (row->count - at) * sizeof *row->values);
    row->values[at] = value;
    row->count++;
}

/* Words that say nothing of what a title is about: see rows.NOISE. */
static int is_noise(const char *p, Py_ssize_t n)
{
    static const char some[] =
        "|the|a|an|of|and|in|on|to|for|with|by|from|at|as|its|his|her|or|ed|etc|";
    if (n > 4) return 0;
    for (const char *at = some; (at = strchr(at, '|')) && at[1]; at++)
        if (!memcmp(at + 1, p, n) && at[n + 1] == '|') return 1;
    return 0;
}

typedef uint32_t (*Number)(const char *, Py_ssize_t);

static void insert_parts(Made *row, const char *p, Py_ssize_t left, int separator, Number number,
                         int noise)
{
    while (left > 0 && row->count < MOST) {
        const char *stop = memchr(p, separator, left);
        Py_ssize_t n = stop ? stop - p : left;
        if (n > 0 && !(noise && is_noise(p, n))) insert(row, number(p, n));
        p += n + 1;
        left -= n + 1;
    }
}

/* How alike texts are. */

enum { WORDS = 7, LONGEST = 64 * WORDS };

/* Where each character stands in a pattern, as bits. */
typedef struct { uint64_t bits[128][WORDS]; } Pattern;

static int ones(uint64_t x)
{
    int count = 0;
    for (; x; x &= x - 1) count++;
    return count;
}

/* The length of the longest common subsequence of two texts of ASCII, the first of at most LONGEST:
   a column of the table at a time, in bits (Hyyrö, "Bit-parallel LCS-length computation revisited",
   2004). `pattern` is, and is left, without a bit. */
static int64_t common(Pattern *pattern, const byte *a, int64_t n, const byte *b, int64_t m)
{
    uint64_t state[WORDS];
    int64_t words = (n + 63) / 64, found = 0;
    for (int64_t i = 0; i < n; i++) pattern->bits[a[i]][i / 64] |= UINT64_C(1) << (i % 64);
    memset(state, 0xff, sizeof state);
    for (int64_t j = 0; j < m; j++) {
        const uint64_t *row = pattern->bits[b[j]];
        uint64_t carry = 0;
        for (int64_t w = 0; w < words; w++) {
            uint64_t s = state[w], u = s & row[w], sum = s + u, all = sum + carry;
            carry = (sum < s) | (all < sum);
            state[w] = all | (s - u);
        }
    }
    for (int64_t w = 0; w < words; w++) {
        uint64_t unused = n - 64 * w < 64 ? ~UINT64_C(0) << (n - 64 * w) : 0;
        found += ones(~(state[w] | unused));
    }
    for (int64_t i = 0; i < n; i++) memset(pattern->bits[a[i]], 0, sizeof pattern->bits[0]);
    return found;
}

static int is_ascii(const byte *p, int64_t n)
{
    byte all = 0;
    for (int64_t i = 0; i < n; i++) all |= p[i];
    return !(all & 0x80);
}

enum { WHOLE, START, EQUAL };

/* The similarity of two texts; −1 where it has to be told by others: they are not ASCII, or too
   long, or are not equal when only that is asked for. */
static float alike(Pattern *pattern, const byte *a, int64_t n, const byte *b, int64_t m, int what)
{
    int64_t most = n < m ? n : m, shared = 0, size;
    if (what == EQUAL) return n == m && !memcmp(a, b, n) ? 1.0f : -1.0f;
    if (!is_ascii(a, n) || !is_ascii(b, m)) return -1.0f;
    if (what == START) n = m = most;
    size = n + m;
    if (!size) return 1.0f;
    while (n && m && *a == *b) a++, b++, n--, m--, shared++;
    while (n && m && a[n - 1] == b[m - 1]) n--, m--, shared++;
    if ((n < m ? n : m) > LONGEST) return -1.0f;
    if (n && m) shared += n < m ? common(pattern, a, n, b, m) : common(pattern, b, m, a, n);
    return (float)(1.0 - (double)(size - 2 * shared) / (double)size);
}

typedef struct { const byte *data; const int64_t *ends; Py_ssize_t size, texts; } Texts;

static int text_bounds(const Texts *texts, int64_t at, const byte **start, int64_t *length)
{
    if (at < 0 || at >= texts->texts) return 0;
    int64_t from = texts->ends[at], to = texts->ends[at + 1];
    *start = texts->data + from;
    *length = to - from;
    return from >= 0 && from <= to && to <= texts->size;
}

PyDoc_STRVAR(similarities_doc, "similarities(data, ends, at, data, ends, to, what) -> bytes\n\n"
"Return for each i how alike text at[i] of the first and text to[i] of the second are, as float32: "
"1 less the share of characters to take out or put in (Indel). `what` is 0 for the whole texts, 1 "
"for as much of their start as both have, 2 to look for equal ones alone. It is -1 where texts are "
"not of ASCII, longer than 448, or, with 2, not equal.");

static PyObject *similarities(PyObject *self, PyObject *args)
{
    Py_buffer b[6];
    PyObject *o[6], *made = NULL;
    int got = 0, right = 1, what;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOOi", &o[0], &o[1], &o[2], &o[3], &o[4], &o[5], &what))
        return NULL;
    Pattern *pattern = calloc(1, sizeof *pattern);
    if (!pattern) return PyErr_NoMemory();
    while (got < 6) {
        if (PyObject_GetBuffer(o[got], &b[got], PyBUF_SIMPLE) < 0) goto done;
        got++;
    }
    Texts one = {b[0].buf, b[1].buf, b[0].len, b[1].len / 8 - 1};
    Texts other = {b[3].buf, b[4].buf, b[3].len, b[4].len / 8 - 1};
    Py_ssize_t pairs = b[2].len / 8;
    if (b[5].len / 8 != pairs) {
        PyErr_SetString(PyExc_ValueError, "the columns do not belong together");
        goto done;
    }
    const int64_t *at = b[2].buf, *to = b[5].buf;
    made = PyBytes_FromStringAndSize(NULL, pairs * 4);
    if (!made) goto done;
    float *out = (float *)PyBytes_AsString(made);
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t k = 0; k < pairs && right; k++) {
        const byte *p, *q;
        int64_t n, m;
        right = text_bounds(&one, at[k], &p, &n) && text_bounds(&other, to[k], &q, &m);
        if (right) out[k] = alike(pattern, p, n, q, m, what);
    }
    Py_END_ALLOW_THREADS
    if (!right) {
        Py_CLEAR(made);
        PyErr_SetString(PyExc_IndexError, "a pair names a text that is not there");
    }
done:
    while (got > 0) PyBuffer_Release(&b[--got]);
    free(pattern);
    return made;
}

/* Columns of many records. */

enum { MOST_COLUMNS = 64 };

typedef struct { char *data; size_t used, room; int64_t *ends; } Column;

static int put(Column *column, const void *from, size_t n)
{
    if (column->room - column->used < n) {
        size_t room = column->room * 2 + n + 4096;
        char *data = realloc(column->data, room);
        if (!data) return 0;
        column->data = data;
        column->room = room;
    }
    if (n) memcpy(column->data + column->used, from, n);
    column->used += n;
    return 1;
}

/* A text as UTF-8; what cannot be encoded (half of a pair of surrogates) becomes a question mark,
   in bytes that *held keeps. */
static const char *utf8(PyObject *text, Py_ssize_t *size, PyObject **held)
{
    char *p = (char *)PyUnicode_AsUTF8AndSize(text, size);
    if (p || !PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return p;
    PyErr_Clear();
    *held = PyUnicode_AsEncodedString(text, "utf-8", "replace");
    return *held && !PyBytes_AsStringAndSize(*held, &p, size) ? p : NULL;
}

static int insert_text(Made *row, PyObject *text, char kind)
{
    PyObject *held = NULL;
    Py_ssize_t size;
    const char *p = utf8(text, &size, &held);
    int separator = kind == 'i' ? 0x1f : ' ';
    if (p) insert_parts(row, p, size, separator, strchr("sn", kind) ? stem : hash, kind == 'n');
    Py_XDECREF(held);
    return p != NULL;
}

static int insert_item(Made *row, PyObject *item, char kind)
{
    if (kind != 'd') return insert_text(row, item, kind);
    unsigned long value = PyLong_AsUnsignedLongMask(item);
    if (PyErr_Occurred()) return 0;
    insert(row, (uint32_t)value);
    return 1;
}

/* Add what a record has in a column; 0 for an error. */
static int add_value(Column *column, PyObject *value, char kind)
{
    Made made;
    if (kind == 't') {
        PyObject *held = NULL;
        Py_ssize_t size;
        const char *p = utf8(value, &size, &held);
        int done = p && put(column, p, size);
        Py_XDECREF(held);
        return done;
    }
    made.count = 0;
    if (PyUnicode_Check(value)) {
        if (!insert_item(&made, value, kind)) return 0;
    } else {
        PyObject *every = PyObject_GetIter(value), *item;
        if (!every) return 0;
        while ((item = PyIter_Next(every))) {
            int done = insert_item(&made, item, kind);
            Py_DECREF(item);
            if (!done) break;
        }
        Py_DECREF(every);
        if (PyErr_Occurred()) return 0;
    }
    return put(column, made.values, made.count * sizeof *made.values);
}

static int add_record(Column *columns, const char *kinds, Py_ssize_t n, PyObject *record,
                      Py_ssize_t number)
{
    if (!PyTuple_Check(record) || PyTuple_Size(record) != n) {
        PyErr_SetString(PyExc_ValueError, "a record has a value for each column, in a tuple");
        return 0;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!add_value(&columns[i], PyTuple_GetItem(record, i), kinds[i])) {
            if (!PyErr_Occurred()) PyErr_NoMemory();
            return 0;
        }
        columns[i].ends[number + 1] = (int64_t)(columns[i].used / (kinds[i] == 't' ? 1 : 4));
    }
    return 1;
}

PyDoc_STRVAR(hashes_doc, "hashes(texts) -> bytes\n\n"
"Return the 64-bit hash of each text of a list, as uint64.");

static PyObject *hashes(PyObject *self, PyObject *texts)
{
    (void)self;
    if (!PyList_Check(texts)) {
        PyErr_SetString(PyExc_TypeError, "the texts come in a list");
        return NULL;
    }
    Py_ssize_t size = PyList_Size(texts);
    PyObject *made = PyBytes_FromStringAndSize(NULL, size * 8);
    uint64_t *out = made ? (uint64_t *)PyBytes_AsString(made) : NULL;
    for (Py_ssize_t k = 0; made && k < size; k++) {
        PyObject *held = NULL;
        Py_ssize_t n;
        const char *p = utf8(PyList_GetItem(texts, k), &n, &held);
        if (p) {
            /* What sets two keys apart is often their last byte: it has to reach all bits. */
            uint64_t h = fnv(p, n);
            h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
            out[k] = h ^ (h >> 33);
        } else {
            Py_CLEAR(made);
        }
        Py_XDECREF(held);
    }
    return made;
}

PyDoc_STRVAR(columns_doc, "columns(kinds, records) -> [(values, ends), ...]\n\n"
"Return columns of records, which are tuples with a value for each kind: `t` a text; a set, of "
"one text or several, of `w` words, `s` skeletons of words, `n` those without noise, `i` whole "
"items; `d` a set of numbers. Values are UTF-8 or rising uint32, ends int64 with a leading 0.");

static PyObject *columns(PyObject *self, PyObject *args)
{
    const char *kinds;
    Py_ssize_t n;
    PyObject *records, *made = NULL;
    Column some[MOST_COLUMNS];
    (void)self;
    if (!PyArg_ParseTuple(args, "s#O", &kinds, &n, &records)) return NULL;
    if (!PyList_Check(records) || n > MOST_COLUMNS) {
        PyErr_SetString(PyExc_ValueError, "the records come in a list, with 64 columns at most");
        return NULL;
    }
    Py_ssize_t size = PyList_Size(records);
    int right = 1;
    memset(some, 0, sizeof some);
    for (Py_ssize_t i = 0; i < n; i++) {
        right = right && (some[i].ends = malloc((size + 1) * sizeof *some[i].ends));
        if (right) some[i].ends[0] = 0;
    }
    if (!right) PyErr_NoMemory();
    for (Py_ssize_t k = 0; right && k < size; k++)
        right = add_record(some, kinds, n, PyList_GetItem(records, k), k);
    if (right) made = PyList_New(n);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (made) {
            PyObject *pair = Py_BuildValue("y#y#", some[i].data ? some[i].data : "",
                (Py_ssize_t)some[i].used, some[i].ends, (size + 1) * sizeof *some[i].ends);
            if (pair) PyList_SetItem(made, i, pair);
            else Py_CLEAR(made);
        }
        free(some[i].data);
        free(some[i].ends);
    }
    return made;
}

static PyMethodDef methods[] = {
    {"overlaps", overlaps, METH_VARARGS, overlaps_doc},
    {"columns", columns, METH_VARARGS, columns_doc},
    {"hashes", hashes, METH_O, hashes_doc},
    {"similarities", similarities, METH_VARARGS, similarities_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_rows", "Sorted rows of numbers compared.", 0, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__rows(void) { return PyModule_Create(&module); }
