/* Links between the fields of a record, $6 and $8: whether all of them are plainly right. The rules are
   those of marc/validate/rules/linkage.py. */

#include "scan.h"

/* 1.2\\a: a number, maybe a second one, maybe a type. */
static int is_sequence(const byte *p, const byte *end)
{
    if (end - p > 2 && end[-2] == '\\' && memchr("acprux", end[-1], 6)) end -= 2;
    const byte *point = memchr(p, '.', end - p);
    if (p == end || p == point || (point && point + 1 == end)) return 0;
    for (; p < end; p++)
        if (!is_digit(*p) && p != point) return 0;
    return 1;
}

/* /(B, /$1 or /Cyrl, maybe with /r; //r; or nothing. */
static int is_script(const byte *p, const byte *end)
{
    if (p == end || (end - p == 3 && begins(p, end, "//r"))) return 1;
    if (*p++ != '/') return 0;
    if (end - p >= 2 && (begins(p, end, "$1") || (*p == '(' && memchr("234BNQS", p[1], 7)))) p += 2;
    else if (end - p >= 4 && is_upper(*p) && is_lower(p[1]) && is_lower(p[2]) && is_lower(p[3])) p += 4;
    else return 0;
    return p == end || (end - p == 2 && begins(p, end, "/r"));
}

/* A tag, a hyphen and an occurrence number; the script follows in an 880 alone. */
static int is_link(const byte *p, const byte *end, int vernacular)
{
    if (end - p < 6 || p[3] != '-' || !is_digit(p[4]) || !is_digit(p[5])) return 0;
    if (!vernacular) return end - p == 6 && begins(p, end, "880");
    for (int i = 0; i < 3; i++)
        if (!is_digit(p[i]) && !is_letter(p[i])) return 0;
    return is_script(p + 6, end);
}

/* Take the links of a field into what is known of its record. */
void gather_links(Gist *g, const Field *f)
{
    int vernacular = !memcmp(f->tag, "880", 3), linked = 0;
    for (const byte *p = f->start; (p = memchr(p, 0x1f, f->stop - p));) {
        const byte *value = p + 2, *next = memchr(p + 1, 0x1f, f->stop - p - 1);
        const byte *end = next ? next : f->stop;
        byte code = ++p < end ? *p : 0;
        if (code == '8' && !is_sequence(value, end)) g->torn = 1;
        if (code != '6') continue;
        linked = 1;
        if (g->n_links == MOST_LINKS || !is_link(value, end, vernacular)) {
            g->torn = 1;
            continue;
        }
        LinkTo *link = &g->links[g->n_links++];
        link->tag = vernacular ? value : f->tag;
        link->occurrence = value + 4;
        link->vernacular = vernacular;
    }
    if (vernacular && !linked) g->torn = 1;
}

/* Whether each link has its partner, no two fields of a tag share a number, and none was torn. */
int links_agree(const Gist *g)
{
    if (g->torn) return 0;
    for (int i = 0; i < g->n_links; i++) {
        const LinkTo *one = &g->links[i];
        int partners = one->vernacular && !memcmp(one->occurrence, "00", 2);
        for (int k = 0; k < g->n_links; k++) {
            const LinkTo *other = &g->links[k];
            if (k == i || memcmp(one->tag, other->tag, 3) ||
                memcmp(one->occurrence, other->occurrence, 2))
                continue;
            if (one->vernacular != other->vernacular) partners = 1;
            else if (!one->vernacular) return 0;
        }
        if (!partners) return 0;
    }
    return 1;
}
