/* power_board.c - see power_board.h. */
#include "tests/campaign/power_board.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/bundle.h"

#define THREAD_POSTS 8u
#define AUTHORS 13u
#define LONG_EVERY 10u /* posts whose text takes pages of its own in the store */
#define LONG_BYTES 3000u

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

void board_text(struct ek_buf *out, unsigned post, unsigned revision)
{
    static const char *const words[] = {"legs",  "night", "walk",  "sleep", "evening", "bath",
                                        "cold",  "tea",   "hours", "again", "doctor",  "bed",
                                        "quiet", "calf",  "train", "since"};
    uint64_t seed = mix(post * 100u + revision);
    ek_buf_addf(out, "Post %u, revision %u.", post, revision);
    for (unsigned i = 0, count = 10 + (unsigned)(seed % 60); i < count; i++)
        ek_buf_addf(out, " %s", words[mix(seed + i) % (sizeof words / sizeof *words)]);
    if (seed & 64)
        ek_buf_adds(out, " and the iron");
    if (seed & 128)
        ek_buf_adds(out, " and the ferritin");
    for (unsigned i = 0; post % LONG_EVERY == 0 && i < LONG_BYTES / 17; i++)
        ek_buf_addf(out, " %016llx", (unsigned long long)mix(seed + 1000 + i));
    ek_buf_adds(out, ".");
}

bool board_is_text(const char *text, unsigned *post, unsigned *revision)
{
    struct ek_buf own;
    if (sscanf(text, "Post %u, revision %u.", post, revision) != 2)
        return false;
    ek_buf_init(&own, 1u << 16);
    board_text(&own, *post, *revision);
    bool same = !own.failed && strcmp(ek_buf_str(&own), text) == 0;
    ek_buf_free(&own);
    return same;
}

bool board_tagged(const char *text, unsigned rule_set)
{
    return strstr(text, " iron") || (rule_set == 1 && strstr(text, " ferritin"));
}

ek_time board_time(unsigned post)
{
    return BOARD_FIRST_DAY + (ek_time)(mix(post) % 730) * 86400 + post;
}

static void shown_time(unsigned post, char text[EK_TIME_TEXT])
{
    ek_time_format(board_time(post), EK_PRECISION_SECOND, text);
}

void board_line(struct ek_buf *out, unsigned post, unsigned revision)
{
    char time[EK_TIME_TEXT];
    shown_time(post, time);
    ek_buf_addf(out,
                "{\"forum\":\"" BOARD_FORUM "\",\"thread_id\":\"%u\",\"thread_title\":\"Thread\","
                "\"id\":\"%u\",\"author\":\"author%u\",\"author_id\":\"%u\",\"time\":\"%s\","
                "\"language\":\"en\",\"text\":\"",
                post / THREAD_POSTS + 1, post, post % AUTHORS, post % AUTHORS + 1, time);
    board_text(out, post, revision);
    ek_buf_adds(out, "\"}\n");
}

void board_url(char url[128], unsigned first)
{
    snprintf(url, 128, BOARD_FORUM "viewtopic.php?t=%u&start=%u", first / THREAD_POSTS + 1,
             first % THREAD_POSTS);
}

void board_page(struct ek_buf *out, unsigned first, unsigned count, unsigned revision)
{
    ek_buf_addf(out,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                "<!DOCTYPE html><html lang=\"en\"><head><title>t</title></head>"
                "<body id=\"phpbb\" class=\"section-viewtopic ltr\"><div id=\"page-body\">"
                "<h2 class=\"topic-title\"><a href=\"./viewtopic.php?t=%u\">Thread</a></h2>\n",
                first / THREAD_POSTS + 1);
    for (unsigned post = first; post < first + count; post++) {
        char time[EK_TIME_TEXT];
        shown_time(post, time);
        ek_buf_addf(out,
                    "<div id=\"p%u\" class=\"post\"><div class=\"postbody\">"
                    "<p class=\"author\">by <a href=\"./memberlist.php?mode=viewprofile&amp;u=%u\" "
                    "class=\"username\">author%u</a> <time datetime=\"%s\">then</time></p>"
                    "<div class=\"content\">",
                    post, post % AUTHORS + 1, post % AUTHORS, time);
        board_text(out, post, revision);
        ek_buf_adds(out, "</div></div></div>\n");
    }
    ek_buf_adds(out, "</div><div id=\"page-footer\"></div></body></html>\n");
}

void board_entry(struct ek_entry *entry, unsigned post, unsigned revision, struct ek_arena *arena)
{
    struct ek_buf text;
    ek_buf_init(&text, 1u << 16);
    board_text(&text, post, revision);
    *entry = (struct ek_entry){.forum = BOARD_FORUM,
                               .thread_id = ek_printf(arena, "%u", post / THREAD_POSTS + 1),
                               .thread_title = "Thread",
                               .language = "en",
                               .first_seen = EK_TIME_UNKNOWN,
                               .last_seen = EK_TIME_UNKNOWN};
    entry->post = (struct ek_post){.id = ek_printf(arena, "%u", post),
                                   .author = ek_printf(arena, "author%u", post % AUTHORS),
                                   .author_id = ek_printf(arena, "%u", post % AUTHORS + 1),
                                   .time = board_time(post),
                                   .precision = EK_PRECISION_SECOND,
                                   .time_source = EK_SOURCE_ATTRIBUTE,
                                   .text = ek_printf(arena, "%s", ek_buf_str(&text))};
    ek_buf_free(&text);
}

void board_rules(struct ek_bundle *bundle, unsigned rule_set, struct ek_arena *arena)
{
    static const char *const texts[BOARD_RULE_SETS] = {
        "theory " BOARD_THEORY " \"Brain iron\"\n  match iron\n",
        "theory " BOARD_THEORY " \"Brain iron\"\n  match iron\n  match ferritin\n",
    };
    memset(bundle, 0, sizeof *bundle);
    bundle->origin = "board";
    bundle->files = EK_NEW(arena, struct ek_file);
    if (!bundle->files)
        abort();
    bundle->files[0] = (struct ek_file){"a.rules", texts[rule_set], strlen(texts[rule_set])};
    bundle->count = 1;
    ek_bundle_seal(bundle);
}
