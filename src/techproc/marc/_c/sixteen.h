/* Sixteen bytes at a time, on machines that can (SSE2: every x86 of 64 bits). */

#ifndef TECHPROC_SIXTEEN_H
#define TECHPROC_SIXTEEN_H

#include "scan.h"

#if defined(__SSE2__) && defined(__GNUC__) && !defined(TECHPROC_PORTABLE)
#include <emmintrin.h>
#define SIXTEEN 1

static inline __m128i sixteen(const byte *p) { return _mm_loadu_si128((const __m128i *)p); }

static inline __m128i is(__m128i bytes, int value)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)value));
}

static inline __m128i either(__m128i a, __m128i b) { return _mm_or_si128(a, b); }
static inline __m128i both(__m128i a, __m128i b) { return _mm_and_si128(a, b); }

#endif

/* Copy the value at `from`, up to the delimiter or terminator after it; return where that is.
   Up to fifteen bytes more are read before `limit`, and written. */
static inline const byte *copy_value(byte *to, const byte *from, const byte *limit)
{
#ifdef SIXTEEN
    for (; limit - from >= 16; from += 16, to += 16) {
        __m128i some = sixteen(from);
        _mm_storeu_si128((__m128i *)to, some);
        int ends = _mm_movemask_epi8(either(is(some, DELIMITER), is(some, TERMINATOR)));
        if (ends) return from + __builtin_ctz((unsigned)ends);
    }
#endif
    while (from < limit && *from != DELIMITER && *from != TERMINATOR) *to++ = *from++;
    return from;
}

#endif
