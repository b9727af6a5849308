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
#include <string.h>

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

/* FNV-1a, its upper half folded into the lower. */
static uint32_t hash(const char *p, Py_ssize_t n)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (Py_ssize_t i = 0; i < n; i++) h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
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

static PyObject *row(PyObject *args, uint32_t (*number)(const char *, Py_ssize_t))
{
    PyObject *text;
    int separator;
    Py_ssize_t left, count = 0;
    uint32_t found[MOST + 1];
    if (!PyArg_ParseTuple(args, "UC", &text, &separator)) return NULL;
    const char *p = PyUnicode_AsUTF8AndSize(text, &left);
    if (!p) return NULL;
    while (left > 0 && count < MOST) {
        const char *stop = memchr(p, separator, left);
        Py_ssize_t n = stop ? stop - p : left;
        if (n > 0) {
            /* Into its place: texts are short, and their words few. */
            uint32_t value = number(p, n);
            Py_ssize_t at = count;
            while (at > 0 && found[at - 1] > value) at--;
            if (at == 0 || found[at - 1] != value) {
                memmove(found + at + 1, found + at, (count - at) * sizeof *found);
                found[at] = value;
                count++;
            }
        }
        p += n + 1;
        left -= n + 1;
    }
    return PyBytes_FromStringAndSize((const char *)found, count * sizeof *found);
}

PyDoc_STRVAR(words_doc, "words(text, separator) -> bytes\n\n"
"Return the hashes of a text's words as rising uint32, each once.");

static PyObject *words(PyObject *self, PyObject *args) { (void)self; return row(args, hash); }

PyDoc_STRVAR(stems_doc, "stems(text, separator) -> bytes\n\n"
"Return the hashes of the skeletons of a text's words as rising uint32, each once.");

static PyObject *stems(PyObject *self, PyObject *args) { (void)self; return row(args, stem); }

static PyMethodDef methods[] = {
    {"overlaps", overlaps, METH_VARARGS, overlaps_doc},
    {"words", words, METH_VARARGS, words_doc},
    {"stems", stems, METH_VARARGS, stems_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_rows", "Sorted rows of numbers compared.", 0, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__rows(void) { return PyModule_Create(&module); }
