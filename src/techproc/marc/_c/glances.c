/* Fields that are plainly as they should be: of what passes here, no rule has a word to say, and Python
   does not look. The rules are those of marc/validate/rules; _plainscreen.py passes the same ones. */

#include "scan.h"

enum { LCC = 1, DDC, NAME, TITLE, TRANSLATED, DEPENDENT, ADDRESSED, OTHER_NUMBER, COUNTED, RDA };

int begins(const byte *p, const byte *end, const char *with)
{
    Py_ssize_t n = (Py_ssize_t)strlen(with);
    return end - p >= n && !memcmp(p, with, n);
}

int has(const byte *p, const byte *end, const char *what)
{
    Py_ssize_t n = (Py_ssize_t)strlen(what);
    for (; end - p >= n && (p = memchr(p, what[0], end - p - n + 1)); p++)
        if (!memcmp(p, what, n)) return 1;
    return 0;
}

/* $a such as QA76.73.P98, then $b with a figure in it, or nothing. */
static int is_lcc(const byte *p, const byte *end)
{
    int letters = 0, digits = 0;
    if (!begins(p, end, "\x1f" "a")) return 0;
    p += 2;
    if (p == end || !is_upper(*p) || strchr("IOWXY", *p)) return 0;
    for (; p < end && is_upper(*p); p++) letters++;
    for (; p < end && is_digit(*p); p++) digits++;
    if (letters > 3 || digits < 1 || digits > 4) return 0;
    if (end - p > 1 && *p == '.' && is_digit(p[1]))
        for (p++; p < end && is_digit(*p); p++);
    if (end - p > 2 && *p == '.' && is_upper(p[1]) && is_digit(p[2]))
        for (p += 2; p < end && is_digit(*p); p++);
    if (p == end) return 1;
    if (!begins(p, end, "\x1f" "b") || memchr(p + 2, 0x1f, end - p - 2)) return 0;
    for (p += 2; p < end; p++)
        if (is_digit(*p)) return 1;
    return 0;
}

/* $a such as 551.46/09 or [Fic], then $2 of two figures. */
static int is_ddc(const byte *p, const byte *end)
{
    if (!begins(p, end, "\x1f" "a")) return 0;
    p += 2;
    if (end - p >= 3 && is_digit(*p) && is_digit(p[1]) && is_digit(p[2])) {
        p += 3;
        const byte *point = p + begins(p, end, "/.");
        if (end - point > 1 && *point == '.' && (is_digit(point[1]) || point[1] == '/'))
            for (p = point + 1; p < end && (is_digit(*p) || *p == '/'); p++);
    } else {
        p += p < end && *p == '[';
        int n = begins(p, end, "Fic") ? 3 : begins(p, end, "E") || begins(p, end, "B") ? 1 : 0;
        if (!n) return 0;
        p += n;
        p += p < end && *p == ']';
    }
    return end - p == 4 && begins(p, end, "\x1f" "2") && is_digit(p[2]) && is_digit(p[3]);
}

/* A surname, a comma and a forename in $a; a comma or a hyphen before $d and $e. */
static int is_name(const byte *p, const byte *end)
{
    if (begins(p, end, "\x1f" "6")) {
        p = memchr(p + 2, 0x1f, end - p - 2);
        if (!p) return 0;
    }
    if (!begins(p, end, "\x1f" "a")) return 0;
    const byte *next = memchr(p + 2, 0x1f, end - p - 2);
    if (!memchr(p + 2, ',', (next ? next : end) - p - 2)) return 0;
    for (; (p = next); next = memchr(p + 1, 0x1f, end - p - 1))
        if (end - p < 2 || ((p[1] == 'd' || p[1] == 'e') && p[-1] != ',' && p[-1] != '-')) return 0;
    return 1;
}

/* No characters skipped, or an English article before a word; $c, if it is there, is the last. */
static int is_title(const byte *p, const byte *end)
{
    const char *article = p[1] == '4' ? "\x1f" "aThe " : p[1] == '2' ? "\x1f" "aA "
                        : p[1] == '3' ? "\x1f" "aAn " : NULL;
    if (p[1] != '0' && p[1] != ' ') {
        if (!article || !begins(p + 2, end, article)) return 0;
        const byte *word = p + 2 + strlen(article);
        if (word == end || !is_letter(*word)) return 0;
    }
    for (p += 2; p && end - p > 1; p = memchr(p + 1, 0x1f, end - p - 1))
        if (p[1] == 'c') return !memchr(p + 1, 0x1f, end - p - 1);
    return 1;
}

/* No translation, or one that says of which language. */
static int is_translated(const byte *p, const byte *end)
{
    return *p != '1' || has(p, end, "\x1f" "h") || has(p, end, "\x1f" "k") ||
           has(p, end, "\x1f" "m") || has(p, end, "\x1f" "n");
}

/* None of the subfields that need another one, or the usual one for them. */
static int is_complete(const byte *p, const byte *end, const char *needing, const char *other)
{
    char subfield[] = "\x1f?";
    subfield[1] = *other;
    if (has(p, end, subfield)) return 1;
    for (; *needing; needing++) {
        subfield[1] = *needing;
        if (has(p, end, subfield)) return 0;
    }
    return 1;
}

/* $a with a term of the list of its tag, $b with the term's code, $2 with the list. */
static int is_rda(const Table *table, const Field *f)
{
    byte entry[64];
    const byte *p = f->start + 2, *end = f->stop;
    const byte *source = f->tag[2] == '6' ? (const byte *)"\x1f" "2rdacontent"
                       : f->tag[2] == '7' ? (const byte *)"\x1f" "2rdamedia"
                                          : (const byte *)"\x1f" "2rdacarrier";
    Py_ssize_t n = (Py_ssize_t)strlen((const char *)source), room = end - p - n;
    if (!begins(p, end, "\x1f" "a") || room < 3 || room > (Py_ssize_t)sizeof entry ||
        memcmp(end - n, source, n))
        return 0;
    entry[0] = f->tag[2];
    memcpy(entry + 1, p + 2, room - 2);
    return in_list(table, TERMS, entry, entry + room - 1);
}

/* Whether a data field is plainly right by the glance of its row. */
int passes(int glance, const Table *table, const Field *f)
{
    const byte *p = f->start, *end = f->stop;
    switch (glance) {
    case LCC: return is_lcc(p + 2, end);
    case DDC: return is_ddc(p + 2, end);
    case NAME: return is_name(p + 2, end);
    case TITLE: return is_title(p, end);
    case TRANSLATED: return is_translated(p, end);
    case DEPENDENT: return is_complete(p, end, "rg", "t");
    case ADDRESSED: return !(*p >= '0' && *p <= '3') && is_complete(p, end, "yz3", "u");
    case OTHER_NUMBER: return *p < '1' || *p > '3';
    case COUNTED: return *p == '0' || *p == ' ';
    case RDA: return is_rda(table, f);
    default: return 1;
    }
}
