/* reason.h - one clear line about what went wrong, whatever a host put into it. */
#ifndef EKBOM_FETCH_REASON_H
#define EKBOM_FETCH_REASON_H

/* Control characters become "?"; so does everything beyond ASCII if the text is not UTF-8. */
void ek_reason_clean(char *text);

#endif
