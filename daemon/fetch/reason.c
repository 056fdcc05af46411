/* reason.c - addresses, rules and certificates come from the host and end up in messages. */
#include "reason.h"

#include <stdbool.h>
#include <string.h>

#include "ekbom/text.h"

void ek_reason_clean(char *text)
{
    size_t len = strlen(text);
    bool valid = ek_utf8_valid(text, len) == len;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c == 0x7f || (c > 0x7f && !valid))
            text[i] = '?';
    }
}
