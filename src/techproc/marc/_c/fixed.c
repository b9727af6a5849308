/* LDR, 006, 007 and 008 by position: what is plainly right holds at each position one of the
   characters that may stand there. marc/validate/positions.py makes the sets of characters. */

#include "scan.h"

enum {
    SET = 16,                 /* bytes of a position: a bit for each character of ASCII */
    OF_LEADER = 0, OF_008 = LEADER * SET, KINDS_006 = OF_008 + 40 * SET, /* places of its parts */
    KINDS_007 = KINDS_006 + 128, LAYOUTS = KINDS_007 + 128, /* which layout, by first character */
    LONGEST = 23, LAYOUT = 1 + LONGEST * SET /* the length, then the positions */
};

/* NUL stands nowhere: its bit says that the character goes on with a code, of figures or of one
   character several times. */
static int fits(const byte *sets, const byte *p, Py_ssize_t n)
{
    for (; n--; p++, sets += SET) {
        if (!*p || *p >= 0x80 || !(sets[*p >> 3] >> (*p & 7) & 1)) return 0;
        if (*sets & 1 && *p != p[-1] && !(is_digit(*p) && is_digit(p[-1]))) return 0;
    }
    return 1;
}

static int is_day(const byte *p)
{
    int month = number_of(p + 2, 2), day = number_of(p + 4, 2);
    return number_of(p, 2) >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* Whether the dates of an 008 go with their type, where all of their figures are known. */
static int are_dates(const byte *data)
{
    int first = number_of(data + 7, 4), second = number_of(data + 11, 4);
    if (first < 0) return 0;
    switch (data[6]) {
    case 's': return first <= 2100 && !memcmp(data + 11, "    ", 4);
    case 'r': if (!memcmp(data + 11, "    ", 4)) return first <= 2100; /* fall through */
    case 't': return first <= 2100 && second >= 0;
    case 'q': return first <= 2100 && first <= second;
    case 'd': case 'i': case 'k': case 'm': return first <= second;
    case 'c': return second == 9999;
    case 'u': return !memcmp(data + 11, "uuuu", 4);
    default: return 0;
    }
}

static int is_fixed(const byte *sets, const Table *table, const byte *p, Py_ssize_t n)
{
    if (n != 40 || !fits(sets, p, 40) || !is_day(p) || !are_dates(p)) return 0;
    const byte *place_end = p + 18;
    while (place_end > p + 15 && place_end[-1] == ' ') place_end--;
    return in_list(table, COUNTRIES, p + 15, place_end) &&
           in_list(table, LANGUAGES, p + 35, p + 38);
}

/* Whether a leader (24 characters) is plainly right. */
int sound_leader(const byte *positions, Py_ssize_t size, const byte *leader)
{
    return size >= LAYOUTS && fits(positions + OF_LEADER, leader, LEADER);
}

/* Whether a record's fixed fields are plainly right; a 007 may be cut short. */
int sound_fixed(const byte *positions, Py_ssize_t size, const Table *table, const Record *record)
{
    if (size < LAYOUTS) return 0;
    Field f = BEFORE_FIRST(*record);
    int seen = 0;
    for (int i = 0; i < record->entries; i++) {
        next_field(record, i, &f);
        if (!is_control(f.tag)) continue;
        Py_ssize_t n = f.stop - f.start;
        if (f.tag[2] == '8' && !seen++) {
            if (!is_fixed(positions + OF_008, table, f.start, n)) return 0;
        } else if (f.tag[2] == '6' || f.tag[2] == '7') {
            if (!n || *f.start >= 0x80) return 0;
            int which = positions[(f.tag[2] == '6' ? KINDS_006 : KINDS_007) + *f.start];
            const byte *layout = positions + LAYOUTS + LAYOUT * (which ? which - 1 : 0);
            if (!which || LAYOUTS + LAYOUT * which > size || layout[0] > LONGEST) return 0;
            if (n > layout[0] || (n < layout[0] && (f.tag[2] == '6' || n < 2))) return 0;
            if (!fits(layout + 1, f.start, n)) return 0;
        }
    }
    return seen > 0;
}
