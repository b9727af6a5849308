/* Short labels that repeat, as numbers: tags, indicators, codes. */

#include "scan.h"

typedef struct {
    uint32_t key;   /* a label's bytes as one number, plus one; 0: a free slot */
    int32_t number; /* which label it is */
} Slot;

typedef struct {
    Slot *slots;
    size_t size; /* a power of two, at least twice as many as there are labels */
    int32_t count;
} Labels;

static inline Slot *slot_of(const Labels *t, uint32_t key)
{
    uint32_t hash = key * UINT32_C(2654435761);
    size_t at = (hash ^ hash >> 15) & (t->size - 1);
    while (t->slots[at].key != key && t->slots[at].key) at = (at + 1) & (t->size - 1);
    return &t->slots[at];
}

static int grow_table(Labels *t)
{
    Labels larger = {calloc(t->size * 2, sizeof(Slot)), t->size * 2, t->count};
    if (!larger.slots) return 0;
    for (size_t i = 0; i < t->size; i++)
        if (t->slots[i].key) *slot_of(&larger, t->slots[i].key) = t->slots[i];
    free(t->slots);
    *t = larger;
    return 1;
}

/* Write one byte for each of `count` numbers as four. */
static int widen(Bytes *numbers, size_t count)
{
    if (!reserve(numbers, count * 4 - numbers->used)) return 0;
    for (size_t i = numbers->used; i--;) {
        int32_t number = numbers->data[i];
        memcpy(numbers->data + 4 * i, &number, 4);
    }
    numbers->used *= 4;
    return 1;
}

static inline uint32_t key_of(const byte *p, int width)
{
    uint32_t key = 1;
    for (int i = 0; i < width; i++) key += (uint32_t)p[i] << 8 * i;
    return key;
}

/* A label that was not there before; 0 when memory is out. */
static int add_label(Labels *t, Slot *slot, const byte *p, int width, Bytes *distinct)
{
    *slot = (Slot){key_of(p, width), t->count++};
    put(distinct, p, width);
    return !distinct->failed;
}

/* Number labels; the width is known where this is compiled, so that a label is a few instructions. */
static inline int number_labels(const byte *p, size_t count, int width, Bytes *numbers,
                                Bytes *distinct)
{
    Labels t = {calloc(1024, sizeof(Slot)), 1024, 0};
    int done = t.slots && reserve(numbers, count + 1), wide = 0;
    for (const byte *end = p + count * width; done && p < end; p += width) {
        Slot *slot = slot_of(&t, key_of(p, width));
        int32_t number = slot->number;
        if (!slot->key) {
            number = t.count;
            done = add_label(&t, slot, p, width, distinct);
            if (number == 256) done = done && (wide = widen(numbers, count));
            if ((size_t)t.count * 2 > t.size) done = done && grow_table(&t);
        }
        if (wide) put32(numbers, number);
        else numbers->data[numbers->used++] = (byte)number;
    }
    free(t.slots);
    return done;
}

const char labels_doc[] = "labels(data, width) -> (numbers, distinct)\n\n"
"Number the labels of `width` bytes (1 to 3) that `data` holds one after the other: for each its "
"number from 0 (a byte; int32 where there are more than 256), and the distinct ones in the order "
"of those numbers.";

PyObject *labels(PyObject *self, PyObject *args)
{
    Py_buffer view;
    PyObject *source;
    int width, done;
    Bytes numbers = {NULL, 0, 0, 0}, distinct = {NULL, 0, 0, 0};
    (void)self;
    if (!PyArg_ParseTuple(args, "Oi", &source, &width)) return NULL;
    if (width < 1 || width > 3) {
        PyErr_SetString(PyExc_ValueError, "a label has one to three bytes");
        return NULL;
    }
    if (PyObject_GetBuffer(source, &view, PyBUF_SIMPLE) < 0) return NULL;
    Py_BEGIN_ALLOW_THREADS
    size_t count = (size_t)(view.len / width);
    if (width == 1) done = number_labels(view.buf, count, 1, &numbers, &distinct);
    else if (width == 2) done = number_labels(view.buf, count, 2, &numbers, &distinct);
    else done = number_labels(view.buf, count, 3, &numbers, &distinct);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    if (!done) numbers.failed = 1;
    PyObject *first = taken(&numbers), *second = taken(&distinct), *both = NULL;
    if (first && second) both = PyTuple_Pack(2, first, second);
    Py_XDECREF(first);
    Py_XDECREF(second);
    return both;
}
