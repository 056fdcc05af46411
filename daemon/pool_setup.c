/* pool_setup.c - see pool_setup.h. */
#include "pool_setup.h"

#include "ekbom/bundle.h"
#include "ekbom/codec.h"
#include "ekbom/limits.h"
#include "ekbom/wire.h"

static void put_bundle(struct ek_buf *frame, const struct ek_bundle *bundle)
{
    struct ek_buf bytes;
    ek_buf_init(&bytes, EK_MAX_BUNDLE_BYTES + (1u << 20));
    if (bundle)
        ek_bundle_encode(&bytes, bundle);
    ek_put_bytes(frame, bytes.data, bytes.len);
    frame->failed |= bytes.failed;
    ek_buf_free(&bytes);
}

static void put_dictionaries(struct ek_buf *frame, const struct ek_pool_config *config)
{
    ek_put_uint(frame, config->dictionary_count);
    for (size_t i = 0; i < config->dictionary_count; i++)
        ek_put_bytes(frame, config->dictionaries[i].bytes, config->dictionaries[i].len);
}

static void put_search(struct ek_buf *frame, const struct ek_pool_search *search)
{
    ek_put_str(frame, search ? search->pattern : NULL);
    if (search)
        ek_put_u8(frame, search->match_case);
}

void pool_setup(struct ek_buf *frame, const struct ek_pool_config *config)
{
    ek_buf_init(frame, EK_MAX_MESSAGE_BYTES);
    size_t begin = ek_frame_begin(frame, EK_FRAME_SETUP);
    ek_put_u8(frame, config->naive);
    put_bundle(frame, config->profiles);
    put_bundle(frame, config->rules);
    put_dictionaries(frame, config);
    put_search(frame, config->search);
    ek_frame_end(frame, begin);
}
