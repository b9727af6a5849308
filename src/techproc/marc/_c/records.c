/* Plain records as they stand, and the texts of their fields. */

#include "scan.h"

const char run_doc[] = "run(data, at, final, most) -> (records, after)\n\n"
"Return the bytes of the plain records that follow each other from `at` on, each as (bytes, is "
"ASCII), at most `most`, and the place after the last. `final`: nothing comes after `data`.";

PyObject *run(PyObject *self, PyObject *args)
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

const char fields_doc[] = "fields(record) -> (tags, texts)\n\n"
"Return the tags of a plain record's fields, and their texts without terminators.";

PyObject *fields(PyObject *self, PyObject *source)
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
