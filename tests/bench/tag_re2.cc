/* tag_re2.cc - RE2::Set (Debian's libre2-dev): says which patterns match, not where. Its \b and \w
 * are those of ASCII. */
#include <memory>
#include <vector>

#include <re2/re2.h>
#include <re2/set.h>

#include "tag_peers.h"

static std::vector<int> found;

/* One with this much memory for its states: when that is full it begins anew. */
template <int64_t bytes> struct Peer {
    static inline std::unique_ptr<RE2::Set> set;

    static bool make(const char *const *patterns, size_t count)
    {
        RE2::Options options;

        options.set_case_sensitive(false);
        options.set_max_mem(bytes);
        options.set_log_errors(false);
        set = std::make_unique<RE2::Set>(options, RE2::UNANCHORED);
        for (size_t i = 0; i < count; i++)
            if (set->Add(patterns[i], nullptr) < 0)
                return false;
        return set->Compile();
    }

    static size_t match(const char *text, size_t len, uint32_t *matched)
    {
        found.clear();
        if (!set->Match(re2::StringPiece(text, len), &found))
            return 0;
        for (size_t i = 0; i < found.size(); i++)
            matched[i] = static_cast<uint32_t>(found[i]);
        return found.size();
    }

    static void drop()
    {
        set.reset();
    }
};
using Usual = Peer<RE2::Options::kDefaultMaxMem>;
using Roomy = Peer<int64_t{1} << 30>;

extern "C" const struct tag_peer tag_re2 = {"RE2::Set", Usual::make, Usual::match, Usual::drop};
extern "C" const struct tag_peer tag_re2_roomy = {"RE2::Set with 1 GiB for its states", Roomy::make,
                                                  Roomy::match, Roomy::drop};
