/* What is known of a record as a whole: one that is plainly right is not looked at from Python. The
   rules are those of marc/validate/rules; _plainscreen.py leaves all records to be looked at. */

#include "scan.h"

enum {
    T040 = 1, T041 = 1 << 1, T100 = 1 << 2, T110 = 1 << 3, T111 = 1 << 4, T130 = 1 << 5, T240 = 1 << 6,
    T245 = 1 << 7, T260 = 1 << 8, T264 = 1 << 9, T300 = 1 << 10, TYPE = 1 << 11, T440 = 1 << 12,
    T490 = 1 << 13, T500 = 1 << 14, T504 = 1 << 15, TRACED = 1 << 16, T856 = 1 << 17
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
    case 336: case 337: case 338: return TYPE;
    case 440: return T440;
    case 490: return T490;
    case 500: return T500;
    case 504: return T504;
    case 800: case 810: case 811: case 830: return TRACED;
    case 856: return T856;
    default: return 0;
    }
}

static void gather_control(Gist *g, const Field *f)
{
    const byte *p = f->start, *end = f->stop;
    if (f->tag[2] == '8' && !g->fixed.start) g->fixed = *f;
    if (f->tag[2] == '6' && p < end && *p == 'm') g->computer = 1;
    if (f->tag[2] != '7' || p == end) return;
    if (g->n_physical < MOST_SAME) g->physical[g->n_physical] = *p;
    g->n_physical++;
    g->remote |= begins(p, end, "cr");
}

static void keep(Field *fields, int *n, const Field *f)
{
    if (*n < MOST_SAME) fields[*n] = *f;
    ++*n;
}

/* Take a field into what is known of its record. */
void gather_gist(Gist *g, const Field *f)
{
    if (f->tag[0] == '0' && f->tag[1] == '0') {
        gather_control(g, f);
        return;
    }
    unsigned bit = bit_of(f->tag);
    g->there |= bit;
    if (bit & (T500 | T504)) {
        for (const byte *p = f->start; (p = memchr(p, 'n', f->stop - p)); p++)
            if (f->stop - p > 2 && p[1] == 'd' && (p[2] >= 0x80 || strchr("eEiI", p[2]))) g->index = 1;
    } else if (bit == T490) {
        g->traced |= *f->start == '1';
    } else if (bit == TYPE) {
        int which = f->tag[2] - '6';
        if (!g->n_types[which]++) g->types[which] = *f;
    } else if (bit == T260) {
        keep(g->imprints, &g->n_imprints, f);
    } else if (bit == T264) {
        keep(g->productions, &g->n_productions, f);
    } else if (bit == T856) {
        g->address |= memchr("01 8", f->start[1], 4) && has(f->start, f->stop, "\x1f" "u");
    }
    int named = bit == T041 && f->start[1] != '7' && begins(f->start + 2, f->stop, "\x1f" "a");
    Field *first = bit == T245 ? &g->title : bit == T300 ? &g->extent : named ? &g->language : NULL;
    if (first && !first->start) *first = *f;
}

/* Whether a title begins with an article of its language that is filed on. */
static int begins_with_article(const byte *p, const byte *end, const byte *language)
{
    static const char *const articles[] = { /* validate/rules/titles.py has the same */
        "engthe", "gerder", "gerdie", "gerdas", "spael", "spalos", "spalas", "frele", "frela", "freles",
        "itail", "itagli", "duthet", NULL
    };
    const byte *blank = memchr(p, ' ', end - p);
    if (!blank || blank - p > 3) return 0;
    for (int i = 0; articles[i]; i++) {
        const char *article = articles[i] + 3;
        if (memcmp(articles[i], language, 3) || (Py_ssize_t)strlen(article) != blank - p) continue;
        int k = 0;
        while (article[k] && (p[k] | 32) == article[k]) k++;
        if (!article[k]) return 1;
    }
    return 0;
}

static int may_lack_title(const Gist *g, const byte *data)
{
    const byte *p = g->title.start, *end = g->title.stop;
    if (!p) return 0;
    if (end - p < 5 || p[3] != 'a' || p[4] == ' ' || p[4] == 0x1f) return 1;
    return p[1] == '0' && begins_with_article(p + 4, end, data + 35);
}

/* The first $b of a field, as many characters as there are; 0 where it is not there. */
static Py_ssize_t code_of(const Field *f, const byte **code)
{
    for (const byte *p = f->start; (p = memchr(p, 0x1f, f->stop - p)); p++) {
        if (f->stop - p < 2 || p[1] != 'b') continue;
        const byte *stop = memchr(p + 2, 0x1f, f->stop - p - 2);
        *code = p + 2;
        return (stop ? stop : f->stop) - p - 2;
    }
    return 0;
}

/* Where the form of item stands in 008. */
static byte form_of(const byte *data, const byte *leader)
{
    return data[leader[6] && strchr("efgkor", leader[6]) ? 29 : 23];
}

/* Whether a 007 that begins so goes with a carrier. */
static int describes(byte physical, byte carrier)
{
    switch (physical) {
    case 'c': case 'h': case 'v': case 'm': return carrier == physical;
    case 's': return carrier == 's' || carrier == 'i';
    case 'g': return carrier == 'g' || carrier == 'm';
    case 't': case 'a': case 'd': case 'k': return memchr("nch", carrier, 3) != NULL;
    default: return 1;
    }
}

/* 336, 337 and one 338 with codes that go with each other, LDR/06, the form of item and all 007. */
static int types_agree(const Gist *g, const byte *data, const byte *leader)
{
    static const char contents[] = "atxt asti ttxt cntm dntm ecri fcri ispw jprm gtdi ksti mcop mtxt rtdf ";
    const byte *content, *medium, *carrier;
    char pair[6] = {0};
    if (!g->n_types[0] || !g->n_types[1] || g->n_types[2] != 1) return 0;
    Py_ssize_t n = code_of(&g->types[0], &content);
    if (n ? n != 3 : g->n_types[0] > 1) return 0;
    if (n) {
        pair[0] = (char)leader[6];
        memcpy(pair + 1, content, 3);
        pair[4] = ' ';
        if (!strstr(contents, pair)) return 0;
    }
    n = code_of(&g->types[2], &carrier);
    if (!n) return 1; /* nothing to hold against the rest */
    if (n != 2 || code_of(&g->types[1], &medium) != 1 || g->n_physical > MOST_SAME) return 0;
    if (*medium != (*carrier == 'm' ? 'g' : *carrier)) return 0;
    byte form = form_of(data, leader);
    int online = !memcmp(carrier, "cr", 2);
    if (memchr(" dfr", form, 4) ? online : form == 'o' ? !online
        : form == 'q' || form == 's' ? *carrier != 'c'
        : form >= 'a' && form <= 'c' ? *carrier != 'h' : 0)
        return 0;
    for (int i = 0; i < g->n_physical; i++)
        if (!describes(g->physical[i], *carrier)) return 0;
    return 1;
}

/* An online resource without address, 007, 006 or form of item. */
static int lacks_online(const Gist *g, const byte *data, const byte *leader)
{
    if (g->n_types[2]) {
        if (g->n_types[2] > 1 || !has(g->types[2].start, g->types[2].stop, "\x1f" "bcr")) return 0;
    } else if (!(g->there & T300 && has(g->extent.start, g->extent.stop, "nline resource"))) {
        return 0;
    }
    byte form = form_of(data, leader);
    return !g->address || !g->remote || !(g->computer || leader[6] == 'm') ||
           !(g->n_types[2] || form == 'o' || form == 's');
}

/* Whether the first of some fields names the first date of 008, and any the second where it must. */
static int differs_in_date(const Gist *g, const byte *data)
{
    int n = g->n_imprints ? g->n_imprints : g->n_productions, second_there = data[6] != 't';
    const Field *fields = g->n_imprints ? g->imprints : g->productions;
    char first[5] = {0}, second[5] = {0};
    if (!memchr("ste", data[6], 3) || number_of(data + 7, 4) < 0) return 0;
    if (n < 1 || n > MOST_SAME) return 1;
    memcpy(first, data + 7, 4);
    memcpy(second, data + 11, 4);
    for (int i = 0; i < n && !second_there; i++)
        second_there = has(fields[i].start, fields[i].stop, second);
    return !second_there || !has(fields->start, fields->stop, first);
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

/* Whether the first 041 that begins with a language has another one than 008. */
static int may_differ_in_language(const Gist *g, const byte *data)
{
    static const char *const vague[] = {"mul", "und", "zxx", "sgn", "mis", NULL};
    const Field *f = &g->language;
    for (int i = 0; vague[i]; i++)
        if (!memcmp(data + 35, vague[i], 3)) return 0;
    return f->start && (f->stop - f->start < 7 || memcmp(f->start + 4, data + 35, 3));
}

/* What is to be looked at in a record whose fields were gathered. */
int reasons(const Gist *g, const byte *leader)
{
    unsigned t = g->there;
    const byte *data = g->fixed.start;
    int every = LOOK_TITLE | LOOK_MAIN_ENTRY | LOOK_ELEMENTS | LOOK_SERIES | LOOK_LANGUAGE |
                LOOK_CARRIER | LOOK_ONLINE | LOOK_DATE | LOOK_CONTENTS;
    if (!data || g->fixed.stop - data != 40) return every;
    for (int i = 0; i < 40; i++)
        if (data[i] >= 0x80) return every;
    int entries = !!(t & T100) + !!(t & T110) + !!(t & T111) + !!(t & T130);
    int added = t & T245 && *g->title.start == '1';
    int found = 0;
    if (may_lack_title(g, data)) found |= LOOK_TITLE;
    if (entries != added || t & T240) found |= LOOK_MAIN_ENTRY;
    if (!(t & T300 && t & T040 && t & (T260 | T264))) found |= LOOK_ELEMENTS;
    if (g->traced && !(t & TRACED)) found |= LOOK_SERIES;
    if (t & TRACED && !(t & (T440 | T490))) found |= LOOK_SERIES;
    if (t & T041 && may_differ_in_language(g, data)) found |= LOOK_LANGUAGE;
    if (t & TYPE && !types_agree(g, data, leader)) found |= LOOK_CARRIER;
    if (lacks_online(g, data, leader)) found |= LOOK_ONLINE;
    if (differs_in_date(g, data)) found |= LOOK_DATE;
    if (may_differ_in_contents(g, data, leader[17])) found |= LOOK_CONTENTS;
    return found;
}
