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

/* Memory of buffers that are gone, to be used again: fresh pages cost more than what is put there.
   Only touched while the interpreter's lock is held. */
enum { SPARES = 64, SPARE_LEAST = 1 << 16, SPARE_MOST = 1 << 23, SPARE_ALL = 1 << 24 };
static struct { byte *data; size_t room; } spares[SPARES];
static size_t spared; /* bytes in all */

/* Begin an empty run with memory for n bytes, if some of about that size is to spare. */
void use_spare(Bytes *b, size_t n)
{
    for (int i = 0; i < SPARES; i++)
        if (spares[i].data && spares[i].room >= n && spares[i].room / 4 <= n) {
            b->data = spares[i].data;
            b->room = spares[i].room;
            spared -= b->room;
            spares[i].data = NULL;
            return;
        }
    if (n >= SPARE_LEAST && n <= SPARE_MOST && (b->data = malloc(n))) b->room = n;
}

static void give_back(byte *data, size_t room)
{
    int worth = room >= SPARE_LEAST && room <= SPARE_MOST && spared + room <= SPARE_ALL;
    for (int i = 0; worth && i < SPARES; i++)
        if (!spares[i].data) {
            spared += room;
            spares[i].data = data;
            spares[i].room = room;
            return;
        }
    free(data);
}

typedef struct {
    PyObject_HEAD
    byte *data;
    size_t size, room;
} Buffer;

static PyTypeObject *buffer_type;

static int buffer_get(PyObject *self, Py_buffer *view, int flags)
{
    Buffer *buffer = (Buffer *)self;
    return PyBuffer_FillInfo(view, self, buffer->data, (Py_ssize_t)buffer->size, 1, flags);
}

static void buffer_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    give_back(((Buffer *)self)->data, ((Buffer *)self)->room);
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
    /* What is kept should not hold much more than it needs. */
    byte *fitted = run.used && run.used < run.room / 2 ? realloc(run.data, run.used) : NULL;
    buffer->data = fitted ? fitted : run.data;
    buffer->room = fitted ? run.used : run.room;
    buffer->size = run.used;
    PyObject *view = PyMemoryView_FromObject((PyObject *)buffer);
    Py_DECREF(buffer);
    return view;
}
