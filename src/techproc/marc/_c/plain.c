/* Plain records: sound ISO 2709 only; whatever is odd is left to Python.

   A record is "plain" when its structure is right in every respect, its fields follow each other in
   the order of the directory, every field has its indicators and subfields, and its text is ASCII
   or, flagged so, valid UTF-8 without a sign of double encoding. */

#include "sixteen.h"

static int digits(const byte *p, int n, int *value)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') return 0;
        v = v * 10 + (p[i] - '0');
    }
    *value = v;
    return 1;
}

/* Whether padding may begin with a byte: a blank, a terminator, a byte order mark. */
static int is_padding(byte c)
{
    return c == '\r' || c == '\n' || c == '\t' || c == ' ' || c == 0 || c == 0x1a || c == END
        || c == TERMINATOR || c == 0xef;
}

static int is_printable(byte c) { return c >= 0x20 && c <= 0x7e; }

static int is_mark(byte c) { return c >= 0x21 && c <= 0x7e; }

static inline int is_leader(const byte *p)
{
    int odd = 0; /* without a branch, so that the compiler takes many at a time */
    for (int i = 0; i < LEADER; i++) odd |= (byte)(p[i] - 0x20) > 0x7e - 0x20;
    return !odd;
}

/* Whether an entry is made of a tag's three characters and nine digits; `room` bytes are there. */
static inline int is_entry(const byte *e, Py_ssize_t room)
{
#ifdef SIXTEEN
    if (room >= 16) {
        const __m128i least = _mm_setr_epi8(0x21, 0x21, 0x21, '0', '0', '0', '0', '0', '0', '0', '0',
                                            '0', 0, 0, 0, 0);
        const __m128i most = _mm_setr_epi8(0x7e, 0x7e, 0x7e, '9', '9', '9', '9', '9', '9', '9', '9',
                                           '9', -1, -1, -1, -1);
        __m128i entry = sixteen(e), within = _mm_min_epu8(_mm_max_epu8(entry, least), most);
        return _mm_movemask_epi8(_mm_cmpeq_epi8(entry, within)) == 0xffff;
    }
#endif
    (void)room;
    for (int i = 3; i < ENTRY; i++)
        if (e[i] < '0' || e[i] > '9') return 0;
    return is_mark(e[0]) && is_mark(e[1]) && is_mark(e[2]);
}

/* Eight digits as one number, all in one word where bytes stand in the order of most machines:
   pairs, fours and eights of digits are put together. */
static inline uint32_t eight_digits(const byte *p)
{
#if !defined(TECHPROC_PORTABLE) && \
    (defined(_MSC_VER) || (defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__))
    uint64_t v;
    memcpy(&v, p, 8);
    v -= UINT64_C(0x3030303030303030);
    v = (v * 10 + (v >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v * 100 + (v >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(v * 10000 + (v >> 32));
#else
    int v = 0;
    digits(p, 8, &v);
    return (uint32_t)v;
#endif
}

/* Whether the entry is that of a field which starts at `start`, and the field (at f, `room` bytes at
   most) is as it should be but for its text. */
static inline int plain_entry(const byte *e, int start, int room, const byte *f, uint16_t *length)
{
    if (!is_entry(e, f - e + room)) return 0;
    uint32_t rest = eight_digits(e + 4);
    int three = (e[4] - '0') * 100 + (e[5] - '0') * 10 + (e[6] - '0');
    int size = (e[3] - '0') * 1000 + three;
    if (rest != (uint32_t)three * 100000 + (uint32_t)start || size < 1 || size > room) return 0;
    if (f[size - 1] != TERMINATOR) return 0;
    *length = (uint16_t)size;
    if (is_control(e)) return !memchr(f, DELIMITER, size - 1);
    return size >= 4 && f[2] == DELIMITER && is_printable(f[0]) && is_printable(f[1]);
}

static int has_reference(const byte *p, const byte *end)
{
    while ((p = memchr(p, '&', end - p))) {
        if (end - p > 2 && p[1] == '#' && p[2] == 'x') return 1;
        p++;
    }
    return 0;
}

int framed_record(const byte *p, Py_ssize_t left, int final, Record *record)
{
    int size, base;
    if (left < 38 || !digits(p, 5, &size) || size < 38 || size > left) return 0;
    if (size == left ? !final : is_padding(p[size])) return 0;
    if (p[size - 1] != END || p[size - 2] != TERMINATOR || !digits(p + 12, 5, &base)) return 0;
    if (base < 37 || base >= size || p[base - 1] != TERMINATOR || (base - 25) % ENTRY) return 0;
    if (!is_leader(p)) return 0;
    int count = (base - 25) / ENTRY, at = base;
    for (int i = 0; i < count; i++) {
        uint16_t *length = &record->lengths[i];
        if (!plain_entry(p + LEADER + ENTRY * i, at - base, size - 1 - at, p + at, length))
            return 0;
        at += *length;
    }
    if (at != size - 1) return 0;
    Text text;
    const byte *data = p + base, *end = p + size - 1;
    survey(data, end - data, &text);
    if (text.ends || text.terminators != count) return 0; /* a terminator within a field */
    record->p = p;
    record->size = size;
    record->base = base;
    record->entries = count;
    record->delimiters = text.delimiters;
    record->ascii = text.ascii;
    record->escape = text.escape;
    record->odd = text.odd;
    return 1;
}

int plain_text(const Record *record)
{
    const byte *data = record->p + record->base, *end = record->p + record->size - 1;
    if (record->p[9] == 'a') return record->ascii || plain_utf8(data, end);
    /* MARC-8 switches sets by escapes and may hold numeric character references. */
    return record->ascii && !record->escape && !has_reference(data, end);
}

int sound_record(const byte *p, Py_ssize_t left, int final, Record *record)
{
    return framed_record(p, left, final, record) && !record->odd;
}

int plain_record(const byte *p, Py_ssize_t left, int final, Record *record)
{
    return sound_record(p, left, final, record) && plain_text(record);
}
