/* Records that are not plain: some are read here all the same, the others by Python. */

#include "scan.h"

typedef struct { Py_ssize_t at, records; int size; } Note; /* of a record that was read */

/* See whether records that are not plain are to be read here; the interpreter's lock is held. */
void look_for_odd(Odd *odd) { odd->ready = odd->told != Py_None && weights_loaded(); }

/* Read the record at `at`, before which there were so many, when its values are to be had here
   although it is not plain: one in another encoding, or one with subfields without codes. `made` is
   where its fields are, maybe in memory of `odd`; that there is something to be said about it is
   remembered. Returns its size, 0 for any other record and for an error. The lock need not be held. */
int odd_record(Odd *odd, const byte *data, Py_ssize_t size, Py_ssize_t at, int final,
               Py_ssize_t records, Record *made)
{
    const byte *p = data + at;
    Record record;
    int found = 0, noted = 1;
    if (!odd->ready || odd->failed || !framed_record(p, size - at, final, made)) return 0;
    if (made->odd) {
        if (plain_text(made)) found = made->size;
    } else {
        int encoding = recoded_record(p, size - at, final, &record, &odd->made, made);
        odd->failed = encoding < UNKNOWN;
        if (encoding > UNKNOWN) found = record.size;
        noted = encoding != MARC8 || p[9] == 'a';
    }
    if (found && noted) {
        Note note = {at, records, found};
        put(&odd->notes, &note, sizeof note);
    }
    return found;
}

/* Tell Python of the records that were read although they are not plain; 0 for an error. */
int tell_notes(Odd *odd)
{
    size_t at = 0;
    if (odd->notes.failed) PyErr_NoMemory();
    odd->failed |= odd->notes.failed;
    for (; !odd->failed && at < odd->notes.used; at += sizeof(Note)) {
        Note note;
        memcpy(&note, odd->notes.data + at, sizeof note);
        PyObject *told = PyObject_CallFunction(odd->told, "nni", note.at, note.records, note.size);
        Py_XDECREF(told);
        odd->failed = !told;
    }
    odd->notes.used = 0;
    return !odd->failed;
}

/* Have Python read what is at *at, and step over it. The result is None or what it has for the
   columns, NULL for an error. */
PyObject *read_odd(Odd *odd, Py_ssize_t *at, Py_ssize_t records, Py_ssize_t size)
{
    if (!tell_notes(odd)) return NULL;
    PyObject *values = NULL,
             *answer = PyObject_CallFunction(odd->told, "nni", *at, records, 0);
    Py_ssize_t after;
    if (answer && PyArg_ParseTuple(answer, "nO", &after, &values)) {
        Py_INCREF(values);
        *at = after > *at && after <= size ? after : size;
    }
    Py_XDECREF(answer);
    return values;
}

void forget_odd(Odd *odd)
{
    free(odd->made.data);
    free(odd->notes.data);
}
