/* pool_setup.h - the first frame that a reader gets: what it is to extract, tag and search with. */
#ifndef EKBOM_POOL_SETUP_H
#define EKBOM_POOL_SETUP_H

#include "ekbom/buf.h"
#include "ekbom/pool.h"

/* Initialises and fills *frame, in which a failure is latched. */
void pool_setup(struct ek_buf *frame, const struct ek_pool_config *config);

#endif
