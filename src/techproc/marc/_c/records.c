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

/* A tag as a str. There are few, and each is made once. */
PyObject *tag_of(const byte *p)
{
    static PyObject *numbers[1000];
    int number = number_of(p, 3);
    PyObject *tag, **known = number < 0 ? NULL : &numbers[number];
    if (known && *known) {
        Py_INCREF(*known);
        return *known;
    }
    tag = PyUnicode_DecodeUTF8((const char *)p, 3, "strict");
    if (tag) PyUnicode_InternInPlace(&tag);
    if (tag && known) {
        Py_INCREF(tag);
        *known = tag;
    }
    return tag;
}

/* The list that a dict has under a tag, an empty one put there where it had none; NULL for an error.
   The dict keeps it. */
PyObject *list_under(PyObject *lists, PyObject *tag)
{
    PyObject *list = PyDict_GetItemWithError(lists, tag);
    if (list || PyErr_Occurred() || !(list = PyList_New(0))) return list;
    if (PyDict_SetItem(lists, tag, list) < 0) Py_CLEAR(list);
    else Py_DECREF(list);
    return list;
}

/* Set the tag and the text of a field in their lists; 0 for an error. */
int set_field(PyObject *tags, PyObject *texts, int i, const Field *f)
{
    PyObject *tag = tag_of(f->tag);
    PyObject *text = PyUnicode_DecodeUTF8((const char *)f->start, f->stop - f->start, "strict");
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

/* Objects made without calling their classes: what all have in common, then what each has. */

static PyObject *make(PyObject *type, PyObject *common)
{
    PyObject *made = PyType_GenericAlloc((PyTypeObject *)type, 0), *name, *value;
    Py_ssize_t place = 0;
    while (made && PyDict_Next(common, &place, &name, &value))
        if (PyObject_GenericSetAttr(made, name, value) < 0) Py_CLEAR(made);
    return made;
}

/* Set an attribute to a new value, which is given up; *made becomes NULL for an error. */
static void give(PyObject **made, PyObject *name, PyObject *value)
{
    if (*made && (!value || PyObject_GenericSetAttr(*made, name, value) < 0)) Py_CLEAR(*made);
    Py_XDECREF(value);
}

enum { RAW, RECORD, NUMBER, OFFSET, LENGTH, ENCODING, NAMES };
static const char *const spelled[NAMES] = {"raw", "record", "number", "offset", "length", "encoding"};
static PyObject *names[NAMES], *ascii_name, *utf8_name;

static int make_names(void)
{
    for (int i = 0; i < NAMES; i++)
        if (!names[i] && !(names[i] = PyUnicode_InternFromString(spelled[i]))) return 0;
    if (!ascii_name) ascii_name = PyUnicode_InternFromString("ascii");
    if (!utf8_name) utf8_name = PyUnicode_InternFromString("utf-8");
    return ascii_name && utf8_name;
}

typedef struct { PyObject *type, *common; } Mould;

static PyObject *make_item(const Record *r, Mould record, Mould item, Py_ssize_t number,
                           Py_ssize_t offset)
{
    PyObject *raw = PyBytes_FromStringAndSize((const char *)r->p, r->size);
    PyObject *held = raw ? make(record.type, record.common) : NULL;
    PyObject *made = held ? make(item.type, item.common) : NULL;
    PyObject *encoding = r->ascii ? ascii_name : utf8_name;
    if (raw) Py_INCREF(raw);
    give(&held, names[RAW], raw);
    if (held) Py_INCREF(held);
    give(&made, names[RECORD], held);
    give(&made, names[NUMBER], PyLong_FromSsize_t(number));
    give(&made, names[OFFSET], PyLong_FromSsize_t(offset));
    give(&made, names[LENGTH], PyLong_FromLong(r->size));
    Py_INCREF(encoding);
    give(&made, names[ENCODING], encoding);
    give(&made, names[RAW], raw);
    Py_XDECREF(held);
    return made;
}

const char load_doc[] = "load(data, at, final, most, number, offset, record, item) -> (items, after)\n\n"
"Make an item of each of the plain records that follow each other from `at` on, at most `most`. "
"`record` and `item` are pairs of a class and a dict of what its objects have in common, set "
"without calling the class: each record gets its `raw`, each item `record`, `number` (from "
"`number` on), `offset` (from `offset` on), `length`, `encoding` and `raw`.";

PyObject *load(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source;
    Py_ssize_t at, most, number, offset;
    int final;
    Record record;
    Mould of_record, of_item;
    (void)self;
    if (!make_names() ||
        !PyArg_ParseTuple(args, "Onpnnn(OO!)(OO!)", &source, &at, &final, &most, &number, &offset,
                          &of_record.type, &PyDict_Type, &of_record.common, &of_item.type,
                          &PyDict_Type, &of_item.common))
        return NULL;
    if (!PyType_Check(of_record.type) || !PyType_Check(of_item.type)) {
        PyErr_SetString(PyExc_TypeError, "two classes, each with a dict");
        return NULL;
    }
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    PyObject *items = PyList_New(0);
    const byte *data = view.buf;
    if (at < 0 || at > view.len) at = view.len;
    for (Py_ssize_t n = 0; items && n < most; n++) {
        if (!plain_record(data + at, view.len - at, final, &record)) break;
        PyObject *item = make_item(&record, of_record, of_item, number + n, offset);
        if (!item || PyList_Append(items, item) < 0) Py_CLEAR(items);
        Py_XDECREF(item);
        at += record.size;
        offset += record.size;
    }
    PyBuffer_Release(&view);
    return items ? Py_BuildValue("Nn", items, at) : NULL;
}
