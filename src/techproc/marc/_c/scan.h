/* What the parts of the scanner's C core share.

   Built with CPython's limited API (3.11), without other headers; optional: _plainscan.py does the
   same. Functions that work on many records let go of the interpreter's lock while they do. */

#ifndef TECHPROC_SCAN_H
#define TECHPROC_SCAN_H

#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* what the parts share is no one else's */
#endif

typedef unsigned char byte;

/* plain.c: records that are right in every respect. */

typedef struct { const byte *tag; int start, stop; } Entry;  /* offsets from the record's start */

int digits(const byte *p, int n, int *value);
int is_control(const byte *tag);
Entry entry_at(const byte *p, int base, int i);
int sound_record(const byte *p, Py_ssize_t left, int final, int *entries, int *base_address);
int plain_record(const byte *p, Py_ssize_t left, int final, int *ascii, int *entries,
                 int *base_address);

/* bytes.c: a growing run of bytes. */

typedef struct { byte *data; size_t used, room; int failed; } Bytes;

void *more(Bytes *b, size_t n);
void put(Bytes *b, const void *from, size_t n);
void put32(Bytes *b, int32_t value);
PyObject *taken(Bytes *b);

/* marc8.c: values in MARC-8. */

enum { ESC = 0x1b, DELIMITER = 0x1f };

int marc8_loaded(void);
Py_ssize_t put_marc8(Bytes *b, const byte *p, Py_ssize_t size, int references);

/* The functions of the module. */

extern const char run_doc[], fields_doc[], gather_doc[], subfields_doc[], xml_record_doc[],
    marc8_load_doc[], marc8_decode_doc[], marc8_record_doc[];

PyObject *run(PyObject *self, PyObject *args);
PyObject *fields(PyObject *self, PyObject *source);
PyObject *gather(PyObject *self, PyObject *args);
PyObject *subfields(PyObject *self, PyObject *args);
PyObject *xml_record(PyObject *self, PyObject *source);
PyObject *marc8_load(PyObject *self, PyObject *args);
PyObject *marc8_decode(PyObject *self, PyObject *args);
PyObject *marc8_record(PyObject *self, PyObject *args);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
