/* panel_rows.c - see ekbom/panel_rows.h.
 *
 * The counting is counting.c's: it keeps of every chunk the posts counted and those of each theory
 * as sets of rows. Here they become columns, chunk after chunk; a row's place among the posts
 * counted of its chunk and window is its place in the panel. Posts of one stance are counted once
 * more with that stance selected: the same chunks, and the posts counted are known to be the same.
 */
#include "ekbom/panel_rows.h"

#include <string.h>

#include "ekbom/arena.h"
#include "ekbom/limits.h"
#include "store/query/counting.h"
#include "store/query/panel_groups.h"
#include "store/query/span.h"

struct making {
    const struct ek_panel_question *question;
    struct ek_panel_rows *rows;
    struct ek_counting counting; /* of every stance that is selected */
    struct ek_panel_groups groups;
    struct ek_selection selection; /* the question's, over all windows */
    struct ek_question asked;
    uint16_t *list, *others; /* room for rows */
    uint32_t *place_of;      /* by row of a chunk */
    struct ek_arena *arena;  /* of the answer */
    struct ek_err *err;
};

struct window_rows { /* rows [from, to) of a chunk are in a window */
    uint32_t window, from, to;
};

/* Rows -------------------------------------------------------------------------------------- */

static int find_windows(const struct making *making, struct ek_chunk *chunk,
                        struct window_rows *windows)
{
    const struct ek_panel_question *question = making->question;
    if (!ek_chunk_section(chunk, EK_SECTION_TIME))
        return -1;
    for (uint32_t i = 0; i < question->window_count; i++)
        windows[i] = (struct window_rows){i, ek_chunk_seek(chunk, question->windows[i].from),
                                          ek_chunk_seek(chunk, question->windows[i].until)};
    return 0;
}

/* Of these, the rows in a window; in the chunk or in `room`. */
static const uint16_t *rows_within(const struct ek_lane_rows *rows,
                                   const struct window_rows *window, uint16_t *room,
                                   uint32_t *count)
{
    uint32_t from = 0;
    if (rows->bits) {
        *count = ek_bits_list(rows->bits, window->from, window->to, room);
        return room;
    }
    while (from < rows->count && rows->list[from] < window->from)
        from++;
    uint32_t to = from;
    while (to < rows->count && rows->list[to] < window->to)
        to++;
    *count = to - from;
    return from ? rows->list + from : rows->list; /* no list: none of them */
}

/* Room -------------------------------------------------------------------------------------- */

static uint32_t *column(const struct making *making, size_t count)
{
    return EK_NEW_ARRAY(making->arena, uint32_t, count + 1);
}

static int count_posts(struct making *making, struct window_rows *windows)
{
    size_t count = 0;
    for (size_t i = 0; i < making->counting.kept_count; i++) {
        const struct ek_kept_chunk *kept = &making->counting.kept[i];
        if (find_windows(making, kept->chunk->chunk, windows))
            return -1;
        for (size_t w = 0; w < making->question->window_count; w++)
            if (windows[w].from < windows[w].to)
                count += ek_bits_count(kept->counted, windows[w].from, windows[w].to);
    }
    making->rows->posts.count = count;
    return 0;
}

static int make_columns(struct making *making)
{
    const struct ek_panel_question *question = making->question;
    struct ek_panel_rows *rows = making->rows;
    size_t count = rows->posts.count;
    rows->posts.author = column(making, count);
    rows->posts.thread = column(making, count);
    rows->posts.bucket = column(making, count);
    rows->posts.buckets = (uint32_t)question->window_count;
    rows->number = question->numbers ? column(making, count) : NULL;
    rows->board = question->boards ? column(making, count) : NULL;
    rows->group = question->grouping ? column(making, count) : NULL;
    bool made = rows->posts.author && rows->posts.thread && rows->posts.bucket &&
                (rows->number || !question->numbers) && (rows->board || !question->boards) &&
                (rows->group || !question->grouping);
    return made ? 0 : ek_fail_memory(making->err);
}

/* How many rows a lane has in the windows, at most: those of its chunks. */
static size_t most_tagged(const struct ek_counting *counting, size_t lane)
{
    size_t count = 0;
    for (size_t i = 0; i < counting->kept_count; i++) {
        const struct ek_kept_chunk *kept = &counting->kept[i];
        const struct ek_lane_rows *rows = &kept->tagged[lane];
        count += rows->bits ? ek_bits_count(rows->bits, kept->slots[0].from,
                                            kept->slots[kept->slot_count - 1].to)
                            : rows->count;
    }
    return count;
}

/* Tagged posts ------------------------------------------------------------------------------ */

static struct ek_tagged *make_tagged(const struct making *making,
                                     const struct ek_counting *counting, size_t every)
{
    const size_t lanes = counting->lanes.count;
    struct ek_tagged *tagged = EK_NEW_ARRAY(making->arena, struct ek_tagged, lanes * every + 1);
    return tagged ? tagged : (ek_fail_memory(making->err), NULL);
}

static int make_lists(const struct making *making, const struct ek_counting *counting,
                      struct ek_tagged *tagged, size_t every)
{
    for (size_t lane = 0; lane < counting->lanes.count; lane++) {
        tagged[lane * every].posts = column(making, most_tagged(counting, lane));
        if (!tagged[lane * every].posts)
            return ek_fail_memory(making->err);
    }
    return 0;
}

static void add_tagged(const struct making *making, const struct ek_kept_chunk *kept,
                       const struct window_rows *window, size_t lanes, struct ek_tagged *tagged,
                       size_t every)
{
    for (size_t lane = 0; lane < lanes; lane++) {
        struct ek_tagged *to = &tagged[lane * every];
        uint32_t *posts = (uint32_t *)to->posts;
        uint32_t count;
        const uint16_t *rows = rows_within(&kept->tagged[lane], window, making->others, &count);
        for (uint32_t i = 0; i < count; i++)
            posts[to->count++] = making->place_of[rows[i]];
    }
}

/* Columns ----------------------------------------------------------------------------------- */

/* Places of the posts counted in a window, from `first` on; how many there are. */
static uint32_t number_places(struct making *making, const struct ek_kept_chunk *kept,
                              const struct window_rows *window, size_t first)
{
    uint32_t count = 0;
    if (window->from < window->to)
        count = ek_bits_list(kept->counted, window->from, window->to, making->list);
    for (uint32_t i = 0; i < count; i++)
        making->place_of[making->list[i]] = (uint32_t)first + i;
    return count;
}

static void fill(uint32_t *to, const uint32_t *column_of, const uint16_t *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] = column_of[rows[i]];
}

static void fill_boards(uint32_t *to, const struct ek_chunk *chunk, const uint16_t *rows,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] = ek_chunk_place(chunk, rows[i])->board;
}

static int fill_columns(struct making *making, struct ek_chunk *chunk, uint32_t window,
                        size_t first, uint32_t count)
{
    struct ek_panel_rows *rows = making->rows;
    const uint16_t *list = making->list;
    const uint32_t *author = ek_chunk_section(chunk, EK_SECTION_AUTHOR);
    const uint32_t *thread = ek_chunk_section(chunk, EK_SECTION_THREAD);
    const uint32_t *number = rows->number ? ek_chunk_section(chunk, EK_SECTION_NUMBER) : author;
    bool places = rows->board || rows->group;
    if (!author || !thread || !number ||
        (places && (!ek_chunk_section(chunk, EK_SECTION_PLACE) ||
                    !ek_chunk_section(chunk, EK_SECTION_PLACES))))
        return -1;
    fill((uint32_t *)rows->posts.author + first, author, list, count);
    fill((uint32_t *)rows->posts.thread + first, thread, list, count);
    uint32_t *bucket = (uint32_t *)rows->posts.bucket + first;
    for (uint32_t i = 0; i < count; i++)
        bucket[i] = window;
    if (rows->number)
        fill(rows->number + first, number, list, count);
    if (rows->board)
        fill_boards(rows->board + first, chunk, list, count);
    return rows->group
               ? ek_panel_groups_fill(&making->groups, chunk, list, count, rows->group + first)
               : 0;
}

/* Every chunk: columns if `columns`, and where its tagged posts are. */
static int walk(struct making *making, const struct ek_counting *counting, bool columns,
                struct window_rows *windows, struct ek_tagged *tagged, size_t every)
{
    size_t first = 0;
    for (size_t i = 0; i < counting->kept_count; i++) {
        const struct ek_kept_chunk *kept = &counting->kept[i];
        struct ek_chunk *chunk = kept->chunk->chunk;
        if (find_windows(making, chunk, windows))
            return -1;
        for (size_t w = 0; w < making->question->window_count; w++) {
            uint32_t count = number_places(making, &making->counting.kept[i], &windows[w], first);
            if (columns && count && fill_columns(making, chunk, (uint32_t)w, first, count))
                return -1;
            if (count)
                add_tagged(making, kept, &windows[w], counting->lanes.count, tagged, every);
            first += count;
        }
    }
    return 0;
}

/* Together ---------------------------------------------------------------------------------- */

static int begin(struct making *making, struct ek_counting *counting,
                 const struct ek_question *question)
{
    counting->question = question;
    counting->store = making->counting.store;
    counting->arena = making->counting.arena;
    counting->err = making->err;
    return ek_counting_begin(counting) || ek_counting_chunks(counting, true) ? -1 : 0;
}

static int add_stance(struct making *making, struct window_rows *windows, int stance)
{
    struct ek_selection selection = making->selection;
    struct ek_question question = making->asked;
    struct ek_counting counting = {0};
    struct ek_tagged *tagged = making->rows->stances + stance;
    selection.stances = 1u << stance;
    question.selection = &selection;
    if (question.denominator == EK_OF_ANY_THEORY) /* the posts counted stay those of any stance */
        question.denominator = EK_OF_ALL;
    return begin(making, &counting, &question) ||
                   make_lists(making, &counting, tagged, EK_STANCES) ||
                   walk(making, &counting, false, windows, tagged, EK_STANCES)
               ? -1
               : 0;
}

static int add_stances(struct making *making, struct window_rows *windows)
{
    unsigned stances = making->selection.stances;
    if (!making->question->by_stance || making->selection.quoted || !making->counting.kept)
        return 0;
    making->rows->stances = make_tagged(making, &making->counting, EK_STANCES);
    if (!making->rows->stances)
        return -1;
    for (int stance = 0; stance < EK_STANCES; stance++)
        if ((!stances || stances >> stance & 1) && add_stance(making, windows, stance))
            return -1;
    return 0;
}

static int make_rooms(struct making *making, struct window_rows **windows)
{
    struct ek_arena *arena = making->counting.arena;
    *windows = EK_NEW_ARRAY(arena, struct window_rows, making->question->window_count + 1);
    making->list = EK_NEW_ARRAY(arena, uint16_t, EK_CHUNK_ROWS + EK_BITS_LIST_SLACK);
    making->others = EK_NEW_ARRAY(arena, uint16_t, EK_CHUNK_ROWS + EK_BITS_LIST_SLACK);
    making->place_of = EK_NEW_ARRAY(arena, uint32_t, EK_CHUNK_ROWS);
    return *windows && making->list && making->others && making->place_of
               ? 0
               : ek_fail_memory(making->err);
}

static int answer(struct making *making)
{
    struct ek_counting *counting = &making->counting;
    struct ek_panel_rows *rows = making->rows;
    struct window_rows *windows;
    if (begin(making, counting, &making->asked) || make_rooms(making, &windows) ||
        ek_counting_names(counting, making->arena, &rows->theories, &rows->theory_count,
                          &rows->rules_digest) ||
        count_posts(making, windows) || make_columns(making) || ek_counting_forums(counting) ||
        ek_panel_groups_make(&making->groups, making->question, counting, making->arena))
        return -1;
    rows->undated = counting->undated;
    rows->not_assessable = counting->not_assessable;
    rows->read_until = ek_read_until(counting->store, counting->question->selection,
                                     counting->forums.items, counting->forums.count);
    rows->group_names = making->groups.names;
    rows->group_count = making->groups.count;
    rows->tagged = make_tagged(making, counting, 1);
    return !rows->tagged || make_lists(making, counting, rows->tagged, 1) ||
                   walk(making, counting, true, windows, rows->tagged, 1) ||
                   add_stances(making, windows)
               ? -1
               : 0;
}

int ek_query_panel(struct ek_store *store, const struct ek_panel_question *question,
                   struct ek_arena *arena, struct ek_panel_rows *rows, struct ek_err *err)
{
    struct making making = {.question = question,
                            .rows = rows,
                            .selection = *question->selection,
                            .arena = arena,
                            .err = err};
    unsigned needs = EK_NEEDS_INDEX | (question->grouping == EK_GROUP_FORUM ? EK_NEEDS_RECORDS : 0);
    making.selection.period = (struct ek_period){
        question->windows[0].from, question->windows[question->window_count - 1].until};
    making.asked = (struct ek_question){
        .selection = &making.selection, .denominator = question->denominator, .whole = true};
    making.counting.store = store;
    making.counting.arena = ek_arena_new(EK_ARENA_BYTES);
    *rows = (struct ek_panel_rows){0};
    if (!making.counting.arena)
        return ek_fail_memory(err);
    int result = ek_store_enter(store, needs, err);
    if (result == 0) {
        result = answer(&making);
        result = ek_store_leave(store, result, err);
    }
    ek_arena_free(making.counting.arena);
    return result;
}
