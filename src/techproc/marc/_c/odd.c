/* Records that are not plain: some are read here all the same, the others by Python. */

#include "scan.h"

/* Read a record whose values are to be had here although it is not plain: one in another encoding,
   or one with subfields without codes. `noted` says whether there is something to be said about it;
   `made` is where its fields are, maybe in `out`. Returns its size, 0 for any other record, -1 for
   an error. */
int odd_record(const byte *p, Py_ssize_t left, int final, Bytes *out, Record *made, int *noted)
{
    Record record;
    *noted = 1;
    if (!weights_loaded() || !framed_record(p, left, final, made)) return 0;
    if (made->odd) return plain_text(made) ? made->size : 0;
    int encoding = recoded_record(p, left, final, &record, out, made);
    *noted = encoding != MARC8 || p[9] == 'a';
    return encoding > UNKNOWN ? record.size : encoding;
}

/* Tell Python of a record that was read although it is not plain; 0 for an error. */
int note(PyObject *odd, Py_ssize_t at, Py_ssize_t records, int size)
{
    PyObject *told = PyObject_CallFunction(odd, "nni", at, records, size);
    Py_XDECREF(told);
    return told != NULL;
}

/* Have Python read what is at *at, and step over it. The result is None or what it has for the
   columns, NULL for an error. */
PyObject *read_odd(PyObject *odd, Py_ssize_t *at, Py_ssize_t records, Py_ssize_t size)
{
    PyObject *values = NULL, *answer = PyObject_CallFunction(odd, "nni", *at, records, 0);
    Py_ssize_t after;
    if (answer && PyArg_ParseTuple(answer, "nO", &after, &values)) {
        Py_INCREF(values);
        *at = after > *at && after <= size ? after : size;
    }
    Py_XDECREF(answer);
    return values;
}
