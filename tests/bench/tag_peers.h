/* tag_peers.h - other programs' engines for many patterns at once, beside ours in bench_tag. Each
 * is there if its -dev package was when the bench was built. */
#ifndef TESTS_BENCH_TAG_PEERS_H
#define TESTS_BENCH_TAG_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tag_peer {
    const char *name;
    /* Compile; false if the library is not there or a pattern is refused. */
    bool (*make)(const char *const *patterns, size_t count);
    /* The patterns that match a text somewhere, to `matched`, in no order; returns how many. */
    size_t (*match)(const char *text, size_t len, uint32_t *matched);
    void (*drop)(void);
};

extern const struct tag_peer tag_re2, tag_re2_roomy, tag_hyperscan;

#ifdef __cplusplus
}
#endif

#endif
