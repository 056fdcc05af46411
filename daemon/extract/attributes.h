/* attributes.h - a tag with more attributes than libxml2 can read in time. */
#ifndef EXTRACT_ATTRIBUTES_H
#define EXTRACT_ATTRIBUTES_H

#include "daemon/extract/slice.h"

/* True if some tag has more than EK_MAX_TAG_ATTRIBUTES attributes. One pass over the bytes. */
bool ek_attributes_too_many(struct ek_slice html);

#endif
