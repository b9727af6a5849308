/* The fields of a record by tag, and what is asked for of them. */

#include "scan.h"

/* Which tags of three digits are wanted. */
typedef struct { byte bits[125]; } Wanted;

static void read_wanted(Wanted *wanted, const byte *tags, Py_ssize_t size)
{
    memset(wanted, 0, sizeof *wanted);
    for (; size >= 3; tags += 3, size -= 3) {
        int number = number_of(tags, 3);
        if (number >= 0) wanted->bits[number >> 3] |= (byte)(1 << (number & 7));
    }
}

static PyObject *decoded(const byte *start, const byte *stop)
{
    return PyUnicode_DecodeUTF8((const char *)start, stop - start, "strict");
}

/* A data field as (indicators, codes, values). */
static PyObject *data_field(const Field *f)
{
    byte codes[5000]; /* a field has 9,999 bytes at most */
    Py_ssize_t n = 0, i = 0;
    for (const byte *p = f->start; p < f->stop; p++)
        if (*p == DELIMITER) codes[n++] = p[1];
    PyObject *values = PyTuple_New(n);
    const byte *value = f->start + 4;
    for (; values && i < n; i++) {
        const byte *stop = memchr(value, DELIMITER, f->stop - value);
        PyObject *text = decoded(value, stop ? stop : f->stop);
        if (!text) Py_CLEAR(values);
        else PyTuple_SetItem(values, i, text);
        if (stop) value = stop + 2;
    }
    PyObject *marks = decoded(f->start, f->start + 2), *letters = decoded(codes, codes + n);
    PyObject *made = marks && letters && values ? PyTuple_Pack(3, marks, letters, values) : NULL;
    Py_XDECREF(marks);
    Py_XDECREF(letters);
    Py_XDECREF(values);
    return made;
}

/* Add a value to those of its tag; tag and value are given up. */
static int add(PyObject *groups, PyObject *tag, PyObject *value)
{
    PyObject *group = tag && value ? list_under(groups, tag) : NULL;
    int done = group && PyList_Append(group, value) == 0;
    Py_XDECREF(tag);
    Py_XDECREF(value);
    return done;
}

/* Add the texts of a record's control fields, in lists by tag. */
int add_control(PyObject *texts, const Record *record)
{
    Field f = BEFORE_FIRST(*record);
    int done = 1;
    for (int i = 0; done && i < record->entries; i++) {
        next_field(record, i, &f);
        if (is_control(f.tag)) done = add(texts, tag_of(f.tag), decoded(f.start, f.stop));
    }
    return done;
}

const char grouped_doc[] = "grouped(record, tags) -> (control, data)\n\n"
"Return the fields of a plain record by tag, of the tags that are wanted (three digits each, one "
"after the other): the texts of control fields, and data fields as (indicators, codes, values).";

PyObject *grouped(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source;
    const byte *tags;
    Py_ssize_t size;
    Record record;
    Wanted wanted;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oy#", &source, &tags, &size)) return NULL;
    read_wanted(&wanted, tags, size);
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    if (!plain_record(view.buf, view.len, 1, &record)) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "not a plain record");
        return NULL;
    }
    PyObject *control = PyDict_New(), *data = PyDict_New();
    int done = control && data;
    Field f = BEFORE_FIRST(record);
    for (int i = 0; done && i < record.entries; i++) {
        next_field(&record, i, &f);
        int number = number_of(f.tag, 3);
        if (number < 0 || !(wanted.bits[number >> 3] & (1 << (number & 7)))) continue;
        done = is_control(f.tag) ? add(control, tag_of(f.tag), decoded(f.start, f.stop))
                                 : add(data, tag_of(f.tag), data_field(&f));
    }
    PyBuffer_Release(&view);
    if (done) return Py_BuildValue("NN", control, data);
    Py_XDECREF(control);
    Py_XDECREF(data);
    return NULL;
}

/* What is asked for: (tags, codes, how). */
typedef struct { PyObject *tags; const char *codes; int joined, first, own; } Query;

static int read_query(PyObject *item, Query *query)
{
    const char *how = NULL;
    if (PyTuple_Check(item) && PyTuple_Size(item) == 3 && PyTuple_Check(PyTuple_GetItem(item, 0))) {
        query->tags = PyTuple_GetItem(item, 0);
        query->codes = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(item, 1), NULL);
        if (query->codes) how = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(item, 2), NULL);
    } else {
        PyErr_SetString(PyExc_TypeError, "a query is (tags, codes, how)");
    }
    if (!how) return 0;
    query->joined = strchr(how, 't') != NULL;
    query->first = strchr(how, '1') != NULL;
    query->own = strchr(how, 'o') != NULL;
    return 1;
}

/* Add the values of a field; 0 for an error. */
static int take(PyObject *field, const Query *query, PyObject *found)
{
    Py_ssize_t n;
    if (!PyTuple_Check(field) || PyTuple_Size(field) != 3) {
        PyErr_SetString(PyExc_TypeError, "a field is (indicators, codes, values)");
        return 0;
    }
    PyObject *values = PyTuple_GetItem(field, 2);
    PyObject *marks = PyTuple_GetItem(field, 0);
    const char *codes = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(field, 1), &n);
    if (!codes) return 0;
    if (!PyTuple_Check(values) || PyTuple_Size(values) != n) {
        PyErr_SetString(PyExc_ValueError, "a field has a code of ASCII for each value");
        return 0;
    }
    if (query->own && PyUnicode_GetLength(marks) > 1 && PyUnicode_ReadChar(marks, 1) == '6')
        return 1;
    for (Py_ssize_t i = 0; i < n; i++)
        if (codes[i] && strchr(query->codes, codes[i]) &&
            PyList_Append(found, PyTuple_GetItem(values, i)) < 0)
            return 0;
    return 1;
}

/* The answer that values give: a list, or one text, which is None when there are no values. */
static PyObject *answer(const Query *query, PyObject *found, PyObject *blank)
{
    if (!query->joined) {
        Py_INCREF(found);
        return found;
    }
    if (!PyList_Size(found)) Py_RETURN_NONE;
    if (PyList_Size(found) > 1) return PyUnicode_Join(blank, found);
    PyObject *only = PyList_GetItem(found, 0);
    Py_INCREF(only);
    return only;
}

static PyObject *asked(PyObject *data, const Query *query, PyObject *blank)
{
    PyObject *found = PyList_New(0);
    int right = found != NULL;
    for (Py_ssize_t i = 0; right && i < PyTuple_Size(query->tags); i++) {
        PyObject *fields = PyDict_GetItemWithError(data, PyTuple_GetItem(query->tags, i));
        if (!fields) {
            right = !PyErr_Occurred();
            continue;
        }
        Py_ssize_t many = PyList_Check(fields) ? PyList_Size(fields) : 0;
        for (Py_ssize_t k = 0; right && k < (query->first && many ? 1 : many); k++)
            right = take(PyList_GetItem(fields, k), query, found);
    }
    PyObject *made = right ? answer(query, found, blank) : NULL;
    Py_XDECREF(found);
    return made;
}

const char ask_doc[] = "ask(data, queries) -> answers\n\n"
"Return what is asked for of data fields by tag, as `grouped` gives them. A query is (tags, codes, "
"how): `l` for the list of the values, `t` for one text with blanks between them, or None; with "
"`1` of the first field of each tag alone, with `o` not of fields whose second indicator is 6.";

PyObject *ask(PyObject *self, PyObject *args)
{
    PyObject *data, *queries;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!O!", &PyDict_Type, &data, &PyTuple_Type, &queries)) return NULL;
    PyObject *blank = PyUnicode_FromStringAndSize(" ", 1);
    Py_ssize_t n = PyTuple_Size(queries);
    PyObject *answers = blank ? PyList_New(n) : NULL;
    for (Py_ssize_t i = 0; answers && i < n; i++) {
        Query query;
        PyObject *made = NULL;
        if (read_query(PyTuple_GetItem(queries, i), &query)) made = asked(data, &query, blank);
        if (made) PyList_SetItem(answers, i, made);
        else Py_CLEAR(answers);
    }
    Py_XDECREF(blank);
    return answers;
}

const char by_tag_doc[] = "by_tag(record) -> dict\n\n"
"Return the texts of a plain record's fields, without terminators, in lists by tag.";

PyObject *by_tag(PyObject *self, PyObject *source)
{
    Py_buffer view;
    Record record;
    (void)self;
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    if (!sound_record(view.buf, view.len, 1, &record)) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "not a plain record");
        return NULL;
    }
    PyObject *texts = PyDict_New();
    int done = texts != NULL;
    Field f = BEFORE_FIRST(record);
    for (int i = 0; done && i < record.entries; i++) {
        next_field(&record, i, &f);
        done = add(texts, tag_of(f.tag), decoded(f.start, f.stop));
    }
    PyBuffer_Release(&view);
    if (!done) Py_CLEAR(texts);
    return texts;
}
