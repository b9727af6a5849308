/* Texts of ASCII folded, as text.fold does in Python.

   Built with CPython's limited API (3.11), without other headers; optional. */

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>

enum { SHORT = 512 };

/* Fold n bytes of ASCII; return how many come out. Letters lose their case, apostrophes vanish, any
   other sign is a blank; blanks are single, and none is at either end. */
static Py_ssize_t fold_bytes(const unsigned char *p, Py_ssize_t n, char *out)
{
    Py_ssize_t size = 0;
    int blank = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        unsigned char c = p[i];
        if (c >= 'A' && c <= 'Z') c |= 0x20;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            if (blank && size) out[size++] = ' ';
            blank = 0;
            out[size++] = (char)c;
        } else if (c != '\'' && c != '`') {
            blank = 1;
        }
    }
    return size;
}

PyDoc_STRVAR(fold_doc, "fold(text) -> str | None\n\n"
"Return a text of ASCII as it is compared, None for any other.");

static PyObject *fold(PyObject *self, PyObject *text)
{
    char some[SHORT], *out = some;
    Py_ssize_t size;
    (void)self;
    const unsigned char *p = (const unsigned char *)PyUnicode_AsUTF8AndSize(text, &size);
    if (!p) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return NULL;
        PyErr_Clear(); /* half of a pair of surrogates */
        Py_RETURN_NONE;
    }
    for (Py_ssize_t i = 0; i < size; i++)
        if (p[i] & 0x80) Py_RETURN_NONE;
    if (size > SHORT && !(out = PyMem_Malloc(size))) return PyErr_NoMemory();
    PyObject *made = PyUnicode_FromStringAndSize(out, fold_bytes(p, size, out));
    if (out != some) PyMem_Free(out);
    return made;
}

static PyMethodDef methods[] = {
    {"fold", fold, METH_O, fold_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_fold", "Texts of ASCII folded.", 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__fold(void) { return PyModule_Create(&module); }
