/* Values of subfields that are plainly right: numbers, addresses, codes of a list. Which subfields
   hold them says the screening table; _plainscreen.py passes the same ones. */

#include "scan.h"

/* Whether a value stands in one of the table's lists. A list is the width of its entries, how many
   there are (two bytes), and the entries in order, filled up with zeros. */
int in_list(const Table *table, int which, const byte *p, const byte *end)
{
    const byte *list = table->lists, *entries = NULL;
    Py_ssize_t width = 0, count = 0, n = end - p;
    for (int i = 0; i <= which; i++) {
        if (entries) list = entries + width * count;
        if (table->end - list < 3) return 0;
        width = list[0];
        count = list[1] | list[2] << 8;
        entries = list + 3;
        if (table->end - entries < width * count) return 0;
    }
    if (n < 1 || n > width || memchr(p, 0, n)) return 0;
    for (Py_ssize_t low = 0, high = count; low < high;) {
        Py_ssize_t middle = (low + high) / 2;
        const byte *entry = entries + width * middle;
        int order = memcmp(p, entry, n);
        if (!order && (n == width || !entry[n])) return 1;
        if (order > 0) low = middle + 1;
        else high = middle;
    }
    return 0;
}

/* A valid ISBN in solid digits, and nothing that could belong to it. */
static int is_isbn(const byte *p, const byte *end)
{
    int n = 0, sum = 0;
    while (n < 14 && p + n < end && is_digit(p[n])) n++;
    const byte *after = p + n;
    if (n == 13) {
        if (memcmp(p, "978", 3) && (memcmp(p, "979", 3) || p[3] == '0')) return 0;
        for (int i = 0; i < 13; i++) sum += (i % 2 ? 3 : 1) * (p[i] - '0');
        if (sum % 10) return 0;
    } else if (n == 10 || (n == 9 && after < end && *after == 'X')) {
        for (int i = 0; i < 9; i++) sum += (10 - i) * (p[i] - '0');
        sum += n == 10 ? p[9] - '0' : 10;
        if (sum % 11) return 0;
        after = p + 10;
    } else {
        return 0;
    }
    return after == end || *after == ' ';
}

/* A valid ISSN such as 0378-5955, and nothing after it. */
static int is_issn(const byte *p, const byte *end)
{
    int sum = 0;
    if (end - p != 9 || p[4] != '-') return 0;
    for (int i = 0, weight = 8; i < 8; i++) {
        if (i == 4) continue;
        if (!is_digit(p[i])) return 0;
        sum += weight-- * (p[i] - '0');
    }
    if (p[8] != 'X' && !is_digit(p[8])) return 0;
    return (sum + (p[8] == 'X' ? 10 : p[8] - '0')) % 11 == 0;
}

static int is_of_path(byte c)
{
    return c == '!' || (c >= '#' && c <= ';') || c == '=' || (c >= '?' && c <= 'Z') || c == '_'
           || is_lower(c) || c == '~';
}

/* http or https, a host with a domain of letters, and a path of plain characters. */
static int is_address(const byte *p, const byte *end)
{
    if (begins(p, end, "http://")) p += 7;
    else if (begins(p, end, "https://")) p += 8;
    else return 0;
    int labels = 0, letters = 1;
    const byte *label = p;
    for (; p < end && *p != '/'; p++) {
        if (*p == '.') {
            if (p == label) return 0;
            labels++;
            label = p + 1;
            letters = 1;
        } else if (!is_letter(*p)) {
            if (!is_digit(*p) && *p != '-') return 0;
            letters = 0;
        }
    }
    if (!labels || !letters || p - label < 2) return 0;
    while (p < end && is_of_path(*p)) p++;
    return p == end;
}

/* Up to three blanks, then eight digits and maybe a blank, or ten digits. */
static int is_lccn(const byte *p, const byte *end)
{
    for (int i = 0; i < 3 && p < end && *p == ' '; i++) p++;
    if (end - p == 9 && p[8] == ' ') end--;
    if (end - p != 8 && end - p != 10) return 0;
    while (p < end && is_digit(*p)) p++;
    return p == end;
}

/* An organization's code in brackets, and what it likes; after OCLC's a number. */
static int is_system_number(const byte *p, const byte *end)
{
    const byte *close = p < end && *p == '(' ? memchr(p, ')', end - p) : NULL;
    if (!close || close == p + 1 || memchr(p + 1, '(', close - p - 1)) return 0;
    if (!begins(p, end, "(OCoLC)")) return 1;
    p += 7;
    p += begins(p, end, "ocm") || begins(p, end, "ocn") ? 3 : begins(p, end, "on") ? 2 : 0;
    if (end - p < 1 || end - p > 14) return 0;
    while (p < end && is_digit(*p)) p++;
    return p == end;
}

/* A number such as 551.46/09 or C813.54, or E, B or Fic, maybe in brackets. */
static int is_dewey(const byte *p, const byte *end)
{
    if (begins(p, end, "C81") || begins(p, end, "C84")) p++;
    if (end - p >= 3 && number_of(p, 3) >= 0) {
        p += 3;
        p += begins(p, end, "/.");
        if (end - p > 1 && *p == '.' && is_digit(p[1]))
            for (p++; p < end && (is_digit(*p) || *p == '/');) p++;
        return p == end && p[-1] != '.';
    }
    if (p < end && *p == '[') {
        if (end[-1] != ']') return 0;
        p++;
        end--;
    }
    Py_ssize_t n = end - p;
    return (n == 1 && (*p == 'E' || *p == 'B')) || (n == 3 && begins(p, end, "Fic"));
}

/* One or two figures, then nothing or a language and the like: 23, 23/eng, 22sdnb. */
static int is_edition(const byte *p, const byte *end)
{
    int digits = 0;
    for (; p < end && digits < 2 && is_digit(*p); p++) digits++;
    if (!digits || p == end) return digits;
    return (is_lower(*p) || (*p == '/' && end - p > 1)) && !memchr(p, '\n', end - p);
}

/* Whether a value is plainly one of its kind. */
int is_sound_value(const Table *table, int kind, const byte *p, const byte *end)
{
    switch (kind) {
    case 0: return 1;
    case ANYTHING: return 0;
    case ISBN: return is_isbn(p, end);
    case LINKED_ISSN:
        while (p < end && memchr(" ;,.=", end[-1], 5)) end--;
        /* fall through */
    case ISSN: return is_issn(p, end);
    case ADDRESS: return is_address(p, end);
    case LCCN: return is_lccn(p, end);
    case SYSTEM_NUMBER: return is_system_number(p, end);
    case DEWEY: return is_dewey(p, end);
    case EDITION: return is_edition(p, end);
    default: return in_list(table, kind - FIRST_LIST, p, end);
    }
}
