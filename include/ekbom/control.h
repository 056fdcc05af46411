/* control.h - the service's control socket, STORE/control: one line asked, one JSON line answered.
 *
 *     status           what each source is doing
 *     reload           rules, profiles and configuration anew (as SIGHUP)
 *     visit [ADDRESS]  begin a round of this source, or of all, now */
#ifndef EKBOM_CONTROL_H
#define EKBOM_CONTROL_H

#include <stddef.h>

struct ek_control;
struct ek_err;
struct pollfd;

/* Listen below the store's folder. A socket that nobody serves any more is replaced. */
int ek_control_open(struct ek_control **control, const char *store, struct ek_err *err);
void ek_control_close(struct ek_control *control);
size_t ek_control_descriptors(const struct ek_control *control, struct pollfd *out, size_t max);
/* Answer whoever has asked. answer gives the JSON text (malloc'ed, freed here), NULL for an unknown
 * word. */
void ek_control_step(struct ek_control *control,
                     char *(*answer)(void *context, const char *word, const char *argument),
                     void *context);

/* The other end: ask, and get the answer (malloc'ed). EK_NOT_FOUND when no service runs. */
int ek_control_ask(const char *store, const char *line, char **answer, struct ek_err *err);

#endif
