/* cmd_shift.c - `ekbom shift THEORY...`: how much it changed, and whether that is more than noise.
 *
 * Two periods, every theory named on the command line, four verdicts. Whatever the verdict, the
 * exit status is 0: that nothing can be told is an answer too. */
#include "shift.h"

static int answer(struct study *study)
{
    int status = study_count(study, EK_GROUP_NONE, 0);
    if (status == 0)
        status = shift_test(study, EK_HOLM);
    if (status != 0)
        return status;
    status =
        format_is(study->cli, "svg") ? shift_draw(study, EK_HOLM) : shift_print(study, EK_HOLM);
    shift_log(study, EK_HOLM);
    return status;
}

int cmd_shift(struct cli *cli)
{
    struct study study;
    int status = study_begin(&study, cli, true);
    if (status == 0 && study.selection.theory_count == 0)
        status = wrong_use("which theory? Name one or more; `ekbom compare` looks at all of them");
    if (status == 0)
        status = shift_windows(&study);
    if (status == 0)
        status = study_open(&study);
    if (status == 0)
        status = answer(&study);
    if (status == EXIT_NOTHING)
        status = study_nothing(&study);
    study_end(&study);
    return status;
}
