/* peers.h - other engines, each a program that is asked by lines (peer.py), and answers so. */
#ifndef EKBOM_TESTS_PEERS_H
#define EKBOM_TESTS_PEERS_H

#include <stddef.h>

struct peer;

/* Start a peer; arguments end with NULL. NULL if it cannot be had: it has then said why itself. */
struct peer *peer_start(const char *python, const char *const *arguments);
/* Engine and version. */
const char *peer_name(const struct peer *peer);
/* Ask, and take one line of the answer, valid until the next. A peer that dies ends the program. */
const char *peer_ask(struct peer *peer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One more line. */
const char *peer_line(struct peer *peer);
void peer_end(struct peer *peer);

#endif
