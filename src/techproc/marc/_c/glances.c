/* Fields and records that are plainly as they should be: what passes here, no rule has a word to say
   of, and Python does not look. The rules are those of marc/validate/rules; _plainscan.py passes the
   same fields, and leaves all records to be looked at. */

#include "scan.h"

enum { LCC = 1, DDC, NAME, TITLE, CATALOGUER };

static int begins(const byte *p, const byte *end, const char *with)
{
    Py_ssize_t n = (Py_ssize_t)strlen(with);
    return end - p >= n && !memcmp(p, with, n);
}

static int has(const byte *p, const byte *end, const char *what)
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

/* $a such as 551.46/09 or [Fic], then $2 of two figures, or nothing. */
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
    return p == end
           || (end - p == 4 && begins(p, end, "\x1f" "2") && is_digit(p[2]) && is_digit(p[3]));
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

/* Catalogued in English and by RDA, or by what is not said. */
static int is_usual(const byte *p, const byte *end)
{
    while (p && p < end) {
        const byte *next = memchr(p + 1, 0x1f, end - p - 1), *stop = next ? next : end;
        if (stop - p > 1 && (p[1] == 'b' || p[1] == 'e') &&
            (stop - p != 5 || memcmp(p + 2, p[1] == 'b' ? "eng" : "rda", 3))) return 0;
        p = next;
    }
    return 1;
}

/* Whether a data field, from its indicators on, is plainly right by the glance of its row. */
int passes(int glance, const byte *p, const byte *end)
{
    switch (glance) {
    case LCC: return is_lcc(p + 2, end);
    case DDC: return is_ddc(p + 2, end);
    case NAME: return is_name(p + 2, end);
    case TITLE: return is_title(p, end);
    case CATALOGUER: return is_usual(p + 2, end);
    default: return 1;
    }
}

enum {
    T040 = 1, T041 = 1 << 1, T100 = 1 << 2, T110 = 1 << 3, T111 = 1 << 4, T130 = 1 << 5, T240 = 1 << 6,
    T245 = 1 << 7, T260 = 1 << 8, T264 = 1 << 9, T300 = 1 << 10, T336 = 1 << 11, T337 = 1 << 12,
    T338 = 1 << 13, T440 = 1 << 14, T490 = 1 << 15, T500 = 1 << 16, T504 = 1 << 17, TRACED = 1 << 18
};

static unsigned bit_of(const byte *tag)
{
    switch (number_of(tag, 3)) {
    case 40: return T040;
    case 41: return T041;
    case 100: return T100;
    case 110: return T110;
    case 111: return T111;
    case 130: return T130;
    case 240: return T240;
    case 245: return T245;
    case 260: return T260;
    case 264: return T264;
    case 300: return T300;
    case 336: return T336;
    case 337: return T337;
    case 338: return T338;
    case 440: return T440;
    case 490: return T490;
    case 500: return T500;
    case 504: return T504;
    case 800: case 810: case 811: case 830: return TRACED;
    default: return 0;
    }
}

/* Take a field into what is known of its record. */
void gather_gist(Gist *g, const Field *f)
{
    if (f->tag[0] == '0' && f->tag[1] == '0') {
        if (f->tag[2] == '8' && !g->fixed.start) g->fixed = *f;
        return;
    }
    unsigned bit = bit_of(f->tag);
    if (bit & (T500 | T504)) {
        for (const byte *p = f->start; (p = memchr(p, 'n', f->stop - p)); p++)
            if (f->stop - p > 2 && p[1] == 'd' && (p[2] >= 0x80 || strchr("eEiI", p[2]))) g->index = 1;
    }
    if (bit == T490 && *f->start == '1') g->traced = 1;
    if (bit == T338 && g->there & T338) g->more = 1;
    Field *first = bit == T245 ? &g->title : bit == T260 ? &g->imprint : bit == T264 ? &g->production
                 : bit == T300 ? &g->extent : bit == T338 ? &g->carrier : NULL;
    if (first && !first->start) *first = *f;
    g->there |= bit;
}

/* Whether the title may begin with an article that is filed on; English titles nearly never do. */
static int may_be_article(const byte *p, const byte *end, const byte *language)
{
    static const char others[] = "gerspafreitadut";
    if (!memcmp(language, "eng", 3))
        return end - p > 2 && (*p | 32) == 't' && (p[1] | 32) == 'h' && (p[2] | 32) == 'e';
    for (int i = 0; others[i]; i += 3)
        if (!memcmp(others + i, language, 3)) return *p >= 0x80 || strchr("deligh", *p | 32) != NULL;
    return 0;
}

static int may_lack_title(const Gist *g, const byte *data)
{
    const byte *p = g->title.start, *end = g->title.stop;
    if (!p) return 0;
    if (end - p < 5 || p[3] != 'a' || p[4] == ' ' || p[4] == 0x1f) return 1;
    return p[1] == '0' && may_be_article(p + 4, end, data + 35);
}

static int may_be_online(const Gist *g)
{
    if (g->there & T338) return !g->more && has(g->carrier.start, g->carrier.stop, "\x1f" "bcr");
    return g->there & T300 && has(g->extent.start, g->extent.stop, "nline resource");
}

static int may_differ_in_date(const Gist *g, const byte *data)
{
    const Field *imprint = g->there & T260 ? &g->imprint : &g->production;
    char first[5] = {0};
    memcpy(first, data + 7, 4);
    return data[6] == 't' || !imprint->start || !has(imprint->start, imprint->stop, first);
}

static int may_differ_in_contents(const Gist *g, const byte *data, byte level)
{
    if (level == '5' || level == '7' || level == '8') return 0;
    if (g->there & T300) {
        int other = has(g->extent.start, g->extent.stop, "\x1f" "b");
        if (other ? !memcmp(data + 18, "    ", 4) : memchr(data + 18, 'a', 4) != NULL) return 1;
    }
    int references = memchr(data + 24, 'b', 4) != NULL;
    if (data[31] != '0' && (references || !(g->there & T504))) return 0;
    if (g->there & T504 && !references && !memchr(data + 24, '|', 4) && memchr(data + 24, ' ', 4))
        return 1;
    return data[31] == '0' && g->index;
}

/* What is to be looked at in a record whose fields were gathered. */
int reasons(const Gist *g, const byte *leader)
{
    unsigned t = g->there;
    const byte *data = g->fixed.start;
    if (!data || g->fixed.stop - data != 40) return EVERY_REASON;
    for (int i = 0; i < 40; i++)
        if (data[i] >= 0x80) return EVERY_REASON;
    int entries = !!(t & T100) + !!(t & T110) + !!(t & T111) + !!(t & T130);
    int added = t & T245 && *g->title.start == '1';
    int found = 0;
    if (may_lack_title(g, data)) found |= LOOK_TITLE;
    if (entries != added || t & T240) found |= LOOK_MAIN_ENTRY;
    if (!(t & T300 && t & T040 && t & (T260 | T264))) found |= LOOK_ELEMENTS;
    if (g->traced ? !(t & TRACED) : 0) found |= LOOK_SERIES;
    if (t & TRACED && !(t & (T440 | T490))) found |= LOOK_SERIES;
    if (t & T041) found |= LOOK_LANGUAGE;
    if (t & (T336 | T337 | T338)) found |= LOOK_CARRIER;
    if (may_be_online(g)) found |= LOOK_ONLINE;
    if (may_differ_in_date(g, data)) found |= LOOK_DATE;
    if (may_differ_in_contents(g, data, leader[17])) found |= LOOK_CONTENTS;
    return found;
}
