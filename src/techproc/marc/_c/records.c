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
    Record record;
    (void)self;
    if (!PyArg_ParseTuple(args, "Onpn", &source, &at, &final, &most)) return NULL;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    PyObject *found = PyList_New(0);
    const byte *data = view.buf;
    if (at < 0 || at > view.len) at = view.len;
    for (Py_ssize_t n = 0; found && n < most; n++) {
        if (!plain_record(data + at, view.len - at, final, &record)) break;
        PyObject *pair = Py_BuildValue("y#O", data + at, (Py_ssize_t)record.size,
                                       record.ascii ? Py_True : Py_False);
        if (!pair || PyList_Append(found, pair) < 0) Py_CLEAR(found);
        Py_XDECREF(pair);
        at += record.size;
    }
    PyBuffer_Release(&view);
    return found ? Py_BuildValue("Nn", found, at) : NULL;
}

/* Set the tag and the text of a field in their lists; 0 for an error. */
int set_field(PyObject *tags, PyObject *texts, int i, const Field *f)
{
    PyObject *tag = PyUnicode_DecodeUTF8((const char *)f->tag, 3, "strict");
    PyObject *text = PyUnicode_DecodeUTF8((const char *)f->start, f->stop - f->start, "strict");
    if (tag) PyUnicode_InternInPlace(&tag);
    int done = tag && text;
    PyList_SetItem(tags, i, tag);
    PyList_SetItem(texts, i, text);
    return done;
}

const char fields_doc[] = "fields(record) -> (tags, texts)\n\n"
"Return the tags of a plain record's fields, and their texts without terminators.";

PyObject *fields(PyObject *self, PyObject *source)
{
    Py_buffer view;
    Record record;
    (void)self;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    if (!plain_record(view.buf, view.len, 1, &record)) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "not a plain record");
        return NULL;
    }
    PyObject *tags = PyList_New(record.entries), *texts = PyList_New(record.entries);
    int done = tags && texts;
    Field field = BEFORE_FIRST(record);
    for (int i = 0; done && i < record.entries; i++) {
        next_field(&record, i, &field);
        done = set_field(tags, texts, i, &field);
    }
    PyBuffer_Release(&view);
    if (done) return Py_BuildValue("NN", tags, texts);
    Py_XDECREF(tags);
    Py_XDECREF(texts);
    return NULL;
}
