/* Fields that are plainly as they should be: of what passes here, no rule has a word to say, and Python
   does not look. The rules are those of marc/validate/rules; _plainscreen.py passes the same ones. */

#include "scan.h"

enum { LCC = 1, EDITION_NAMED, NAME, TITLE, TRANSLATED, DEPENDENT, ADDRESSED, OTHER_NUMBER, COUNTED, RDA };

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

/* A comma within a name, or nothing that could be inverted. */
static int is_inverted(const byte *p, const byte *end)
{
    while (p < end && memchr(" ,.", end[-1], 3)) end--;
    while (p < end && memchr(" ,.", *p, 3)) p++;
    return memchr(p, ',', end - p) || !memchr(p, ' ', end - p);
}

/* A comma in $a of an inverted name; a mark before $d and $e where they follow the name's own parts. */
static int is_name(const byte *p, const byte *end)
{
    int inverted = *p == '1';
    byte previous = 0;
    for (p += 2; p && end - p > 1;) {
        const byte *next = memchr(p + 1, 0x1f, end - p - 1), *last = p;
        byte code = p[1];
        if (code == 'a' && inverted && !is_inverted(p + 2, next ? next : end)) return 0;
        if ((code == 'd' || code == 'e') && memchr("abcqd", previous, 5)) {
            while (last[-1] == ' ') last--;
            if (!memchr(",-.)]?", last[-1], 6)) return 0;
        }
        previous = code;
        p = next;
    }
    return !p;
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

/* Codes of the list of its tag in $b; in $a the term of the code, or no term of the list at all; in $2
   the list. */
static int is_rda(const Table *table, const Field *f)
{
    static const char *const lists[] = {"rdaco", "rdam", "rdac"};
    enum { LONGEST = 40 };
    byte entry[2 * LONGEST + 3], code[LONGEST + 1]; /* the last figure of the tag, then what it lists */
    Py_ssize_t n = 0, at = 0;
    int terms = 0, codes = 0, listed = 0;
    entry[at++] = code[0] = f->tag[2];
    for (const byte *p = f->start + 2, *next; p; p = next) {
        next = memchr(p + 1, 0x1f, f->stop - p - 1);
        const byte *value = p + 2, *stop = next ? next : f->stop;
        if (value > stop || stop - value > LONGEST) return 0;
        if (p[1] == '2' && !listed++ && !begins(value, stop, lists[f->tag[2] - '6'])) return 0;
        if (p[1] == 'a' && !terms++)
            for (; value < stop; value++) {
                if (*value >= 0x80 || *value == '(') return 0;
                entry[at++] = is_upper(*value) ? *value | 32 : *value;
            }
        if (p[1] == 'b') {
            n = stop - value;
            memcpy(code + 1, value, n);
            if (!in_list(table, TERM_CODES, code, code + 1 + n)) return 0;
            codes++;
        }
    }
    if (!listed) return 0;
    if (codes != 1 || terms != 1) return 1;
    if (at < 2 || memchr(" .", entry[at - 1], 2) || entry[1] == ' ' || entry[1] == '.') return 0;
    if (!in_list(table, TERM_NAMES, entry, entry + at)) return 1;
    memcpy(entry + at + 2, code + 1, n);
    entry[at] = 0x1f;
    entry[at + 1] = 'b';
    return in_list(table, TERMS, entry, entry + at + 2 + n);
}

/* Whether a data field is plainly right by the glance of its row. */
int passes(int glance, const Table *table, const Field *f)
{
    const byte *p = f->start, *end = f->stop;
    switch (glance) {
    case LCC: return is_lcc(p + 2, end);
    case EDITION_NAMED: return has(p, end, "\x1f" "2");
    case NAME: return is_name(p, end);
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
