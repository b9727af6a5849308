/* Whole numbers as packed differences, as Parquet writes them (DELTA_BINARY_PACKED). */

#include "scan.h"

enum { BLOCK = 128, GROUPS = 4 }; /* numbers in a block, each of whose groups has a width of its own */

typedef struct {
    const int32_t *numbers;
    size_t count;  /* of the differences */
    int ends;      /* the numbers are ends of values, whose sizes are meant */
} Numbers;

/* The differences from `from` on, a block of them; what is beyond the last is the least. None is too
   large for its type, since no number is negative. Loops of a known length are done several at a
   time. */
static void differences(const Numbers *n, size_t from, int32_t least, int32_t *d)
{
    const int32_t *p = n->numbers + from;
    size_t left = n->count - from;
    if (left < BLOCK) {
        for (size_t i = left; i < BLOCK; i++) d[i] = least;
        if (n->ends) for (size_t i = 0; i < left; i++) d[i] = p[i + 2] - p[i + 1] - (p[i + 1] - p[i]);
        else for (size_t i = 0; i < left; i++) d[i] = p[i + 1] - p[i];
    } else if (n->ends) {
        for (int i = 0; i < BLOCK; i++) d[i] = p[i + 2] - p[i + 1] - (p[i + 1] - p[i]);
    } else {
        for (int i = 0; i < BLOCK; i++) d[i] = p[i + 1] - p[i];
    }
}

static void bounds(const Numbers *n, int32_t *least, int32_t *most)
{
    int32_t d[BLOCK], low[4], high[4];
    differences(n, 0, 0, d);
    for (int j = 0; j < 4; j++) low[j] = high[j] = d[0];
    for (size_t at = 0; at < n->count; at += BLOCK) {
        differences(n, at, low[0], d);
        for (int i = 0; i < BLOCK; i += 4)
            for (int j = 0; j < 4; j++) {
                low[j] = d[i + j] < low[j] ? d[i + j] : low[j];
                high[j] = d[i + j] > high[j] ? d[i + j] : high[j];
            }
    }
    *least = low[0];
    *most = high[0];
    for (int j = 1; j < 4; j++) {
        if (low[j] < *least) *least = low[j];
        if (high[j] > *most) *most = high[j];
    }
}

/* Write a block of differences, as much as each is over the least, in so many bits. */
static void pack(byte *to, const int32_t *d, int32_t least, int width)
{
    uint32_t over[BLOCK];
    for (int i = 0; i < BLOCK; i++) over[i] = (uint32_t)d[i] - (uint32_t)least;
    if (width == 1) {
        for (int i = 0; i < BLOCK / 8; i++) {
            uint32_t bits = 0;
            for (int j = 0; j < 8; j++) bits |= over[8 * i + j] << j;
            to[i] = (byte)bits;
        }
    } else if (width == 8) {
        for (int i = 0; i < BLOCK; i++) to[i] = (byte)over[i];
    } else {
        for (int i = 0; i < BLOCK; i++)
            for (int j = 0; j < width / 8; j++) *to++ = (byte)(over[i] >> 8 * j);
    }
}

static void pack_all(Bytes *out, const Numbers *n, int32_t least, int width)
{
    byte head[10 + GROUPS];
    int32_t d[BLOCK];
    uint32_t zigzag = least < 0 ? ~((uint32_t)least << 1) : (uint32_t)least << 1;
    size_t used = 0, group = BLOCK / GROUPS;
    for (; zigzag > 0x7f; zigzag >>= 7) head[used++] = (byte)((zigzag & 0x7f) | 0x80);
    head[used++] = (byte)zigzag;
    for (int i = 0; i < GROUPS; i++) head[used++] = (byte)width;
    for (size_t at = 0; at < n->count; at += BLOCK) {
        size_t left = n->count - at;
        put(out, head, used);
        if (!reserve(out, BLOCK * width / 8)) return;
        differences(n, at, least, d);
        pack(out->data + out->used, d, least, width);
        /* A group that no difference is in is left out. */
        out->used += (left < BLOCK ? (left + group - 1) / group * group : BLOCK) * width / 8;
    }
}

const char deltas_doc[] = PyDoc_STR("deltas(numbers, ends) -> data\n\n"
"Pack the differences of numbers (int32, none below 0) that follow each other in blocks of 128, each with the "
"least difference before it. All get the least width of 0, 1, 8, 16 or 32 bits that holds them. "
"`ends`: the numbers are ends of values, and the differences are those of their sizes.");

PyObject *deltas(PyObject *self, PyObject *args)
{
    Py_buffer view;
    Numbers n = {NULL, 0, 0};
    Bytes out = {NULL, 0, 0, 0};
    int32_t least, most;
    int width = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*p", &view, &n.ends)) return NULL;
    size_t there = (size_t)view.len / 4, more = n.ends ? 2 : 1;
    n.numbers = view.buf;
    n.count = there > more ? there - more : 0;
    if (n.count) {
        Py_BEGIN_ALLOW_THREADS
        bounds(&n, &least, &most);
        Py_END_ALLOW_THREADS
        uint32_t range = (uint32_t)most - (uint32_t)least;
        width = !range ? 0 : range < 2 ? 1 : range < 1 << 8 ? 8 : range < 1 << 16 ? 16 : 32;
        use_spare(&out, n.count * width / 8 + (n.count / BLOCK + 1) * (10 + GROUPS + 4 * width));
        Py_BEGIN_ALLOW_THREADS
        pack_all(&out, &n, least, width);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&view);
    return taken(&out);
}
