/* A growing run of bytes, and the object that hands it to Python without a copy. */

#include "scan.h"

int grow(Bytes *b, size_t n)
{
    if (b->failed) return 0;
    size_t room = b->room ? b->room * 2 : 4096;
    while (room < b->used + n) room *= 2;
    byte *data = realloc(b->data, room);
    if (!data) {
        b->failed = 1;
        return 0;
    }
    b->data = data;
    b->room = room;
    return 1;
}

typedef struct {
    PyObject_HEAD
    byte *data;
    Py_ssize_t size;
} Buffer;

static PyTypeObject *buffer_type;

static int buffer_get(PyObject *self, Py_buffer *view, int flags)
{
    Buffer *buffer = (Buffer *)self;
    return PyBuffer_FillInfo(view, self, buffer->data, buffer->size, 1, flags);
}

static void buffer_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    free(((Buffer *)self)->data);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyType_Slot buffer_slots[] = {
    {Py_bf_getbuffer, buffer_get}, {Py_tp_dealloc, buffer_free}, {0, NULL}};

static PyType_Spec buffer_spec = {
    "techproc.marc._scan.Buffer", sizeof(Buffer), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, buffer_slots};

int make_buffer_type(void)
{
    if (!buffer_type) buffer_type = (PyTypeObject *)PyType_FromSpec(&buffer_spec);
    return buffer_type != NULL;
}

/* The run as a memoryview, which owns it from now on; NULL with an exception when memory is out. */
PyObject *taken(Bytes *b)
{
    reserve(b, 1); /* an address, even where there is nothing: some users of buffers want one */
    Bytes run = *b;
    memset(b, 0, sizeof *b);
    Buffer *buffer = run.failed ? NULL : PyObject_New(Buffer, buffer_type);
    if (!buffer) {
        free(run.data);
        return run.failed ? PyErr_NoMemory() : NULL;
    }
    byte *fitted = run.used && run.used < run.room ? realloc(run.data, run.used) : NULL;
    buffer->data = fitted ? fitted : run.data;
    buffer->size = (Py_ssize_t)run.used;
    PyObject *view = PyMemoryView_FromObject((PyObject *)buffer);
    Py_DECREF(buffer);
    return view;
}
