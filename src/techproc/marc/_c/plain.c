/* Plain records: sound ISO 2709 only; whatever is odd is left to Python.

   A record is "plain" when its structure is right in every respect, its fields follow each other in
   the order of the directory, every field has its indicators and subfields, and its text is ASCII
   or, flagged so, valid UTF-8 without a sign of double encoding. */

#include "scan.h"

int digits(const byte *p, int n, int *value)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') return 0;
        v = v * 10 + (p[i] - '0');
    }
    *value = v;
    return 1;
}

int is_control(const byte *tag)
{
    return tag[0] == '0' && tag[1] == '0' && tag[2] >= '0' && tag[2] <= '9';
}

static int is_padding(byte c)
{
    return c == '\r' || c == '\n' || c == '\t' || c == ' ' || c == 0 || c == 0x1a;
}

static int is_vowel(byte c)
{
    switch (c | 0x20) {
    case 'a': case 'e': case 'i': case 'o': case 'u': return 1;
    }
    return 0;
}

/* Valid UTF-8 and nothing that looks like UTF-8 encoded twice, or MARC-8 taken for Latin-1. */
static int plain_utf8(const byte *p, const byte *end)
{
    while (p < end) {
        /* Eight ASCII bytes at a time. */
        while (end - p >= 8) {
            uint64_t eight;
            memcpy(&eight, p, 8);
            if (eight & UINT64_C(0x8080808080808080)) break;
            p += 8;
        }
        if (p >= end) break;
        byte c = *p;
        if (c < 0x80) { p++; continue; }
        int more;
        if (c >= 0xc2 && c <= 0xdf) more = 1;
        else if (c >= 0xe0 && c <= 0xef) more = 2;
        else if (c >= 0xf0 && c <= 0xf4) more = 3;
        else return 0;
        if (end - p <= more) return 0;
        for (int i = 1; i <= more; i++)
            if ((p[i] & 0xc0) != 0x80) return 0;
        if (c == 0xe0 && p[1] < 0xa0) return 0;
        if (c == 0xed && p[1] > 0x9f) return 0;
        if (c == 0xf0 && p[1] < 0x90) return 0;
        if (c == 0xf4 && p[1] > 0x8f) return 0;
        if (c == 0xc3) {
            byte second = p[1], next = p[2];  /* a terminator follows every field */
            if (second >= 0x82 && second <= 0xb4 &&
                (next == 0xc2 || next == 0xc5 || next == 0xc6 || next == 0xcb || next == 0xe2))
                return 0;
            if ((second == 0xa8 || second == 0xa2 || second == 0xa1 || second == 0xaa) &&
                is_vowel(next))
                return 0;
        }
        p += more + 1;
    }
    return 1;
}

Entry entry_at(const byte *p, int base, int i)
{
    const byte *e = p + 24 + 12 * i;
    int length = 0, start = 0;
    Entry entry;
    digits(e + 3, 4, &length);
    digits(e + 7, 5, &start);
    entry.tag = e;
    entry.start = base + start;
    entry.stop = base + start + length - 1;
    return entry;
}

/* The length of the record at p when its structure is right in every respect, 0 for any other (or
   one that is not all there). entries: how many fields; base: where the data begin. */
int sound_record(const byte *p, Py_ssize_t left, int final, int *entries, int *base_address)
{
    int size, base;
    if (left < 38 || !digits(p, 5, &size) || size < 38 || size > left) return 0;
    if (size == left ? !final : is_padding(p[size])) return 0;
    if (p[size - 1] != 0x1d || p[size - 2] != 0x1e || !digits(p + 12, 5, &base)) return 0;
    if (base < 37 || base >= size || p[base - 1] != 0x1e || (base - 25) % 12) return 0;
    if (memchr(p, 0x1d, size - 1)) return 0;
    for (int i = 0; i < 24; i++)
        if (p[i] < 0x20 || p[i] > 0x7e) return 0;
    int count = (base - 25) / 12, at = base;
    for (int i = 0; i < count; i++) {
        const byte *e = p + 24 + 12 * i;
        int length, start;
        for (int j = 0; j < 3; j++)
            if (e[j] < 0x21 || e[j] > 0x7e) return 0;
        if (!digits(e + 3, 4, &length) || !digits(e + 7, 5, &start)) return 0;
        if (length < 1 || base + start != at || at + length > size - 1) return 0;
        const byte *f = p + at, *stop = f + length - 1;
        if (*stop != 0x1e || memchr(f, 0x1e, length - 1)) return 0;
        if (is_control(e)) {
            if (memchr(f, 0x1f, length - 1)) return 0;
        } else {
            if (length < 4 || f[2] != 0x1f || f[0] < 0x20 || f[0] > 0x7e || f[1] < 0x20 ||
                f[1] > 0x7e)
                return 0;
            const byte *d = f + 2;
            while (d) {
                if (d[1] < 0x21 || d[1] > 0x7e) return 0;
                d = memchr(d + 1, 0x1f, stop - d - 1);
            }
        }
        at += length;
    }
    *entries = count;
    *base_address = base;
    return at == size - 1 ? size : 0;
}

/* The same for a record that is plain in its text too; ascii: whether all of it is. */
int plain_record(const byte *p, Py_ssize_t left, int final, int *ascii, int *entries,
                 int *base_address)
{
    int size = sound_record(p, left, final, entries, base_address), all = 1;
    if (!size) return 0;
    int base = *base_address;
    const byte *q = p + base, *end = p + size;
    while (end - q >= 8 && all) {
        uint64_t eight;
        memcpy(&eight, q, 8);
        if (eight & UINT64_C(0x8080808080808080)) all = 0;
        q += 8;
    }
    for (; all && q < end; q++)
        if (*q >= 0x80) all = 0;
    if (p[9] != 'a') {
        /* MARC-8 switches sets by escapes and may hold numeric character references. */
        if (!all || memchr(p + base, 0x1b, size - base)) return 0;
        for (const byte *r = p + base; (r = memchr(r, '&', end - r)); r++)
            if (end - r > 2 && r[1] == '#' && r[2] == 'x') return 0;
    } else if (!all && !plain_utf8(p + base, end - 1)) {
        return 0;
    }
    *ascii = all;
    return size;
}
