/* cost.c - what each rule takes on a text.
 *
 * Rules that nothing in the text leads to are not looked at and cost nothing. What two rules share
 * (a list) is counted for the first. Reading the clock takes longer than many a rule: that is
 * measured beside it, and taken off. */
#include "rules/check.h"
#include "rules/matcher.h"

int ek_matcher_time(struct ek_matcher *matcher, const struct ek_tag_input *input,
                    double *milliseconds, struct ek_err *err)
{
    const struct ek_rules *rules = matcher->rules;
    double start = processor_time(), clock = processor_time() - start;

    if (!ek_rules_assess(rules, input->language))
        return 0;
    if (matcher_read(matcher, input->text, input->len, err) < 0)
        return -1;
    for (uint32_t rank = matcher_raised(matcher, 0); rank < rules->rules.count;
         rank = matcher_raised(matcher, rank + 1)) {
        uint32_t rule = rules->ranked[rank];
        double took;
        start = processor_time();
        matcher_decide(matcher, rules->rules.items[rule].node);
        took = processor_time() - start - clock;
        milliseconds[rule] += took > 0 ? took : 0;
    }
    return 0;
}
