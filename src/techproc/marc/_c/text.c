/* What the bytes of a record's fields are, looked at many at a time. */

#include "sixteen.h"

static int is_code(byte c) { return c >= 0x21 && c <= 0x7e; }

/* Whether a byte is a control character that has no meaning in a record. */
static int is_control_byte(byte c) { return c < ESC || c == 0x1c; }

static void survey_bytes(const byte *p, Py_ssize_t size, Text *text)
{
    byte all = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        byte c = p[i];
        all |= c;
        text->terminators += c == TERMINATOR;
        text->delimiters += c == DELIMITER;
        text->ends |= c == END;
        text->odd |= (c == DELIMITER && !is_code(p[i + 1])) || is_control_byte(c);
        text->escape |= c == ESC;
    }
    if (all & 0x80) text->ascii = 0;
}

#ifdef SIXTEEN

/* Where a byte is such, the lane is 0xff. Bytes from 0x80 are negative, and so below 0x21. */
typedef struct { __m128i terminators, delimiters, any, odd, low; } Lanes;

static inline void survey_lanes(__m128i now, __m128i next, __m128i valid, Lanes *lanes)
{
    __m128i delimiter = _mm_and_si128(valid, _mm_cmpeq_epi8(now, _mm_set1_epi8(DELIMITER)));
    __m128i terminator = _mm_and_si128(valid, _mm_cmpeq_epi8(now, _mm_set1_epi8(TERMINATOR)));
    __m128i no_code = _mm_or_si128(_mm_cmplt_epi8(next, _mm_set1_epi8(0x21)),
                                   _mm_cmpeq_epi8(next, _mm_set1_epi8(0x7f)));
    lanes->terminators = _mm_sub_epi8(lanes->terminators, terminator);
    lanes->delimiters = _mm_sub_epi8(lanes->delimiters, delimiter);
    lanes->any = _mm_or_si128(lanes->any, now);
    lanes->odd = _mm_or_si128(lanes->odd, _mm_and_si128(delimiter, no_code));
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(now, _mm_set1_epi8(END)), now);
    lanes->low = _mm_or_si128(lanes->low, low);
}

static int sum(__m128i counts)
{
    __m128i two = _mm_sad_epu8(counts, _mm_setzero_si128());
    return _mm_cvtsi128_si32(two) + _mm_cvtsi128_si32(_mm_srli_si128(two, 8));
}

#endif

/* Survey `size` bytes, after which one more can be read.

   Sixteen bytes at a time; the last sixteen overlap those before, and count only where they are
   new. A lane counts to 255, so the counts are taken down before. Which control characters there
   are is seen byte by byte: few records have any. */
void survey(const byte *p, Py_ssize_t size, Text *text)
{
    const byte *start = p;
    *text = (Text){0, 0, 1, 0, 0, 0};
#ifdef SIXTEEN
    static const byte new_ones[32] = {[16] = 255, 255, 255, 255, 255, 255, 255, 255,
                                      255, 255, 255, 255, 255, 255, 255, 255};
    if (size >= 16) {
        const __m128i zero = _mm_setzero_si128(), all = _mm_set1_epi8(-1);
        const byte *end = p + size;
        Lanes lanes = {zero, zero, zero, zero, zero};
        while (p < end) {
            const byte *stop = end - p > 240 * 16 ? p + 240 * 16 : end;
            lanes.terminators = lanes.delimiters = zero;
            for (; stop - p >= 16; p += 16)
                survey_lanes(sixteen(p), sixteen(p + 1), all, &lanes);
            if (p < stop) {
                __m128i valid = sixteen(new_ones + (stop - p));
                survey_lanes(sixteen(stop - 16), sixteen(stop - 15), valid, &lanes);
                p = stop;
            }
            text->terminators += sum(lanes.terminators);
            text->delimiters += sum(lanes.delimiters);
        }
        text->ascii = !_mm_movemask_epi8(lanes.any);
        text->odd = _mm_movemask_epi8(lanes.odd);
        if (!_mm_movemask_epi8(lanes.low)) return;
        *text = (Text){0, 0, 1, 0, 0, 0};
    }
#endif
    survey_bytes(start, size, text);
}

/* Valid UTF-8 and nothing that looks like UTF-8 encoded twice, or MARC-8 taken for Latin-1. */

static int is_vowel(byte c)
{
    switch (c | 0x20) {
    case 'a': case 'e': case 'i': case 'o': case 'u': return 1;
    }
    return 0;
}

/* What may not follow 0xC3. */
static int suspect(byte second, byte next)
{
    if (second >= 0x82 && second <= 0xb4)
        if (next == 0xc2 || next == 0xc5 || next == 0xc6 || next == 0xcb || next == 0xe2) return 1;
    return (second == 0xa8 || second == 0xa2 || second == 0xa1 || second == 0xaa) &&
           is_vowel(next);
}

/* How long the character at p is, 0 when it is none. A field's terminator follows it, which is no
   part of any character, so no more is looked at than there is. */
static int character(const byte *p)
{
    byte c = p[0];
    if (c < 0x80) return 1;
    if (c < 0xc2 || c > 0xf4 || (p[1] & 0xc0) != 0x80) return 0;
    if (c < 0xe0) return 2;
    if ((p[2] & 0xc0) != 0x80 || (c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f)) return 0;
    if (c < 0xf0) return 3;
    if ((p[3] & 0xc0) != 0x80 || (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f)) return 0;
    return 4;
}

static int plain_characters(const byte *p, const byte *end)
{
    for (int size; p < end; p += size)
        if (!(size = character(p)) || (*p == 0xc3 && suspect(p[1], p[2]))) return 0;
    return 1;
}

/* Whether the bytes are UTF-8 and nothing else; a byte that is no part of any character follows. */
int valid_utf8(const byte *p, const byte *end)
{
    for (int size; p < end; p += size)
        if (!(size = character(p))) return 0;
    return 1;
}

#ifdef SIXTEEN

static __m128i between(__m128i bytes, int low, int high) /* unsigned */
{
    __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8((char)low));
    return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8((char)(high - low))), above);
}

/* The lanes whose byte, with the two before it, makes a suspect sequence. */
static __m128i suspects(__m128i third, __m128i second, __m128i first)
{
    __m128i lower = either(third, _mm_set1_epi8(0x20));
    __m128i vowel = either(either(is(lower, 'a'), is(lower, 'e')),
                           either(either(is(lower, 'i'), is(lower, 'o')), is(lower, 'u')));
    __m128i lead = either(either(is(third, 0xc2), is(third, 0xe2)),
                          either(either(is(third, 0xc5), is(third, 0xc6)), is(third, 0xcb)));
    __m128i marked = either(either(is(second, 0xa1), is(second, 0xa2)),
                            either(is(second, 0xa8), is(second, 0xaa)));
    return both(is(first, 0xc3),
                either(both(between(second, 0x82, 0xb4), lead), both(marked, vowel)));
}

/* Whether sixteen bytes are as the three before each of them allow. */
static inline int plain_sixteen(const byte *p)
{
    __m128i now = sixteen(p), three = sixteen(p - 3);
    /* ASCII, and so are the three before: most of most texts. */
    if (!(_mm_movemask_epi8(now) | (_mm_movemask_epi8(three) & 7))) return 1;
    __m128i one = sixteen(p - 1), two = sixteen(p - 2);
    __m128i follows = between(now, 0x80, 0xbf);
    __m128i must = either(between(one, 0xc0, 0xff),
                          either(between(two, 0xe0, 0xff), between(three, 0xf0, 0xff)));
    __m128i wrong = _mm_xor_si128(follows, must);
    wrong = either(wrong, either(between(now, 0xc0, 0xc1), between(now, 0xf5, 0xff)));
    wrong = either(wrong, both(is(one, 0xe0), between(now, 0x80, 0x9f)));
    wrong = either(wrong, both(is(one, 0xed), between(now, 0xa0, 0xbf)));
    wrong = either(wrong, both(is(one, 0xf0), between(now, 0x80, 0x8f)));
    wrong = either(wrong, both(is(one, 0xf4), between(now, 0x90, 0xbf)));
    if (_mm_movemask_epi8(is(two, 0xc3))) wrong = either(wrong, suspects(now, one, two));
    return !_mm_movemask_epi8(wrong);
}

#endif

/* ASCII stands before the text, and it ends with a field's terminator. */
int plain_utf8(const byte *p, const byte *end)
{
#ifdef SIXTEEN
    if (end - p >= 16) {
        for (; end - p >= 16; p += 16)
            if (!plain_sixteen(p)) return 0;
        return p == end || plain_sixteen(end - 16);
    }
#endif
    return plain_characters(p, end);
}
