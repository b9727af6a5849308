/* A growing run of bytes. */

#include "scan.h"

void *more(Bytes *b, size_t n)
{
    if (b->failed) return NULL;
    if (b->used + n > b->room) {
        size_t room = (b->room ? b->room * 2 : 4096);
        while (room < b->used + n) room *= 2;
        byte *data = realloc(b->data, room);
        if (!data) { b->failed = 1; return NULL; }
        b->data = data;
        b->room = room;
    }
    void *place = b->data + b->used;
    b->used += n;
    return place;
}

void put(Bytes *b, const void *from, size_t n)
{
    void *place = more(b, n);
    if (place) memcpy(place, from, n);
}

void put32(Bytes *b, int32_t value) { put(b, &value, sizeof value); }

PyObject *taken(Bytes *b)
{
    PyObject *made = b->failed ? PyErr_NoMemory()
                               : PyBytes_FromStringAndSize((char *)b->data, (Py_ssize_t)b->used);
    free(b->data);
    b->data = NULL;
    return made;
}
