/* Which single-byte encoding a text is in, by the weights that weights.py has for runs of high bytes.

   The weights of a run are sums over its bytes, and the tables say what each byte adds; only where
   several of them precede one ASCII letter, or an escape follows, is Python asked. */

#include "scan.h"

enum { HALF = 128, CONTEXTS = 4, MARKS = 32, FIRST_MARK = 0xe0 };
enum { CLASSES = 29, CAPITAL = 26, HIGH, OTHER }; /* kinds of bytes, after a to z: see latin.py */

typedef struct {
    double western[CONTEXTS][HALF];      /* NaN: no character of Windows-1252 */
    struct { double lone[HALF], first[HALF], later[HALF]; } cyrillic[2];
    double marked[MARKS][HALF];          /* a mark and the ASCII letter after it */
} Tables;

static const Tables *tables;
static const byte *unexplained;          /* whether a byte has no meaning in MARC-8 */
static const uint32_t *letters;          /* of CP1252, KOI8_R and CP1251; U+FFFD: none */
static const int16_t (*latin)[HALF][CLASSES]; /* the odds of Latin-1: kinds before bytes, and after */
static PyObject *judge, *held;

/* What Python says of a run and the byte before it; 0 for an error. Takes the interpreter's lock. */
static int weigh_in_python(const byte *run, const byte *end, byte before, double weights[4])
{
    char one = (char)before;
    PyGILState_STATE lock = PyGILState_Ensure();
    PyObject *found = PyObject_CallFunction(judge, "y#y#", run, (Py_ssize_t)(end - run), &one,
                                            (Py_ssize_t)(before != 0));
    int done = found && PyArg_ParseTuple(found, "dddd", weights, weights + 1, weights + 2,
                                         weights + 3);
    Py_XDECREF(found);
    PyGILState_Release(lock);
    return done;
}

static double as_western(const byte *high, const byte *stop, byte before, byte follower, int near)
{
    int context = !near ? 0 : is_lower(before) ? 2 : is_upper(before) && is_upper(follower) ? 3 : 1;
    double weight = 0, surplus = (double)(stop - high) - 2;
    for (const byte *p = high; p < stop; p++) weight += tables->western[context][*p & 0x7f];
    if (weight != weight) return -2.0;
    surplus *= 1.2;
    return stop - high < 3 ? weight : weight - surplus;
}

static double as_cyrillic(const byte *high, const byte *stop, int which, int near)
{
    if (near) return -1.5;
    if (stop - high < 2) return tables->cyrillic[which].lone[*high & 0x7f];
    double weight = tables->cyrillic[which].first[*high & 0x7f];
    for (const byte *p = high + 1; p < stop; p++) weight += tables->cyrillic[which].later[*p & 0x7f];
    return weight;
}

/* Weigh a run of high bytes that is not UTF-8, and the byte after it, if there is one; 0 for an
   error. */
static int weigh_run(const byte *high, const byte *stop, byte before, byte follower,
                     double weights[4])
{
    int errors = 0, near = is_letter(before) || is_letter(follower);
    byte last = stop[-1];
    if (follower == ESC) return weigh_in_python(high, stop + 1, before, weights);
    for (const byte *p = high; p < stop; p++) errors += unexplained[*p & 0x7f];
    if (errors) weights[0] = -1.5 * errors;
    else if (last < FIRST_MARK) weights[0] = 0.7 * (stop - high < 2 ? 1 : 2);
    else if (!is_letter(follower)) weights[0] = -1.5;
    else if (last == 0xeb || last == 0xec || last == 0xfa || last == 0xfb) weights[0] = 2.0;
    else if (stop - high == 1) weights[0] = tables->marked[last - FIRST_MARK][follower];
    else return weigh_in_python(high, stop + 1, before, weights);
    weights[1] = as_western(high, stop, before, follower, near);
    weights[2] = as_cyrillic(high, stop, 0, near);
    weights[3] = as_cyrillic(high, stop, 1, near);
    return 1;
}

static int class_of(byte c)
{
    return is_lower(c) ? c - 'a' : c >= 0x80 ? HIGH : is_upper(c) ? CAPITAL : OTHER;
}

/* The odds that a text is in Latin-1, not in MARC-8, as latin.py has them: of each high byte with the
   kinds of those beside it, once. */
static int latin_odds(const byte *p, const byte *end)
{
    uint32_t seen[HALF][CLASSES]; /* the kinds after a byte and a kind before it */
    int odds = 0;
    memset(seen, 0, sizeof seen);
    for (const byte *q = p; q < end; q++) {
        if (*q < 0x80) continue;
        if (*q == 0xf5 || *q == 0xf6) /* a word that is underlined */
            if ((q - p >= 2 && q[-2] == *q) || (end - q > 2 && q[2] == *q)) continue;
        int which = *q & 0x7f, before = q > p ? class_of(q[-1]) : OTHER;
        int after = end - q > 1 ? class_of(q[1]) : OTHER;
        if (seen[which][before] >> after & 1) continue;
        seen[which][before] |= UINT32_C(1) << after;
        odds += latin[0][which][before] + latin[1][which][after];
    }
    return odds;
}

/* Weigh a text with high bytes, or one flagged MARC-8 with escapes or references; UNKNOWN for UTF-8, for
   what is in several encodings and for what may be Latin-1 or MARC-8, -1 for an error. */
int weigh(const byte *p, const byte *end, int flagged)
{
    double sums[4] = {flagged ? 0 : 1.5, 0, 0, 0}; /* the leader may say MARC-8 */
    int runs = 0, valid = 0, best = 0, escape = memchr(p, ESC, end - p) != NULL;
    if (escape) sums[0] += 3;
    for (const byte *q = p; q < end; q++) {
        if (*q < 0x80) continue;
        const byte *from = q;
        double weights[4];
        while (q < end && *q >= 0x80) q++;
        runs++;
        if (valid_utf8(from, q)) {
            valid++;
            continue;
        }
        if (!weigh_run(from, q, from > p ? from[-1] : 0, q < end ? *q : 0, weights)) return -1;
        for (int i = 0; i < 4; i++) sums[i] += weights[i];
    }
    for (int i = 1; i < 4; i++)
        if (sums[i] > sums[best]) best = i;
    if ((runs && valid == runs) || (valid > 2 && valid > 2 * sums[best]) || (flagged && valid))
        return UNKNOWN;
    if (runs && !flagged && (best == 1 || (best == 0 && !escape))) /* escapes are MARC-8's */
        if ((latin_odds(p, end) > 0) != best) return UNKNOWN;
    return MARC8 + best;
}

/* Put a text in one of the code pages; 0 when it has a byte that stands for nothing. */
int put_letters(Bytes *b, const byte *p, const byte *end, int encoding)
{
    const uint32_t *page = letters + (encoding - CP1252) * HALF;
    if (!reserve(b, (size_t)(end - p) * 3)) return 0;
    byte *to = b->data + b->used;
    for (; p < end; p++) {
        uint32_t c = *p < 0x80 ? *p : page[*p & 0x7f];
        if (c == 0xfffd) return 0;
        if (c < 0x80) {
            *to++ = (byte)c;
        } else if (c < 0x800) {
            *to++ = (byte)(0xc0 | c >> 6);
            *to++ = (byte)(0x80 | (c & 0x3f));
        } else {
            *to++ = (byte)(0xe0 | c >> 12);
            *to++ = (byte)(0x80 | (c >> 6 & 0x3f));
            *to++ = (byte)(0x80 | (c & 0x3f));
        }
    }
    b->used = to - b->data;
    return 1;
}

const char weights_load_doc[] = PyDoc_STR("weights_load(weights, unexplained, letters, latin, judge)\n\n"
"Take the tables of weights (doubles), of bytes without a meaning in MARC-8, of the characters of "
"the code pages (uint32), of the odds of Latin-1 (int16), and the function that weighs a run of high bytes and the byte before it.");

PyObject *weights_load(PyObject *self, PyObject *args)
{
    PyObject *weights, *none, *pages, *odds, *function;
    (void)self;
    if (!PyArg_ParseTuple(args, "SSSSO", &weights, &none, &pages, &odds, &function)) return NULL;
    if (PyBytes_Size(weights) != sizeof(Tables) || PyBytes_Size(none) != HALF ||
        PyBytes_Size(pages) != 3 * HALF * 4 ||
        PyBytes_Size(odds) != (Py_ssize_t)(2 * sizeof *latin)) {
        PyErr_SetString(PyExc_ValueError, "these are no tables of weights");
        return NULL;
    }
    PyObject *kept = Py_BuildValue("OOOOO", weights, none, pages, odds, function);
    if (!kept) return NULL;
    held = kept; /* for as long as we run */
    tables = (const Tables *)PyBytes_AsString(weights);
    unexplained = (const byte *)PyBytes_AsString(none);
    letters = (const uint32_t *)PyBytes_AsString(pages);
    latin = (const int16_t (*)[HALF][CLASSES])PyBytes_AsString(odds);
    judge = function;
    Py_RETURN_NONE;
}

int weights_loaded(void) { return held != NULL; }

const char weigh_text_doc[] = PyDoc_STR("weigh_text(text, flagged) -> int\n\n"
"Weigh the bytes of a text, which end with a byte below 0x80: 1 for MARC-8, 2 for Windows-1252, 3 "
"for KOI8-R, 4 for Windows-1251; 0 for UTF-8, for several encodings, and for what may be MARC-8 or "
"Latin-1. `flagged`: the leader says UTF-8.");

PyObject *weigh_text(PyObject *self, PyObject *args)
{
    Py_buffer view;
    int flagged;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*p", &view, &flagged)) return NULL;
    const byte *p = view.buf, *end = p + view.len;
    int ready = weights_loaded() && view.len && end[-1] < 0x80;
    int found = ready ? weigh(p, end, flagged) : -1;
    PyBuffer_Release(&view);
    if (!ready) PyErr_SetString(PyExc_ValueError, "no tables, or a text that breaks off");
    return found < 0 ? NULL : PyLong_FromLong(found);
}
