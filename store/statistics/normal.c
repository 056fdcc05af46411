/* normal.c - the normal distribution.
 *
 * The C library has its tail (erfc) and not its quantile. That is Wichura's PPND16 (Algorithm AS
 * 241, Applied Statistics 37, 1988): three quotients of polynomials, good to 16 digits. No other
 * distribution is needed: at 30 clusters and more, Student's quantile is within 4 % of it. So a
 * library of distributions would bring 3 MB for these thirty lines. */
#include <math.h>

#include "ekbom/statistics.h"

static double quotient(double r, const double numerator[8], const double denominator[8])
{
    double above = 0, below = 0;
    for (int i = 7; i >= 0; i--) {
        above = above * r + numerator[i];
        below = below * r + denominator[i];
    }
    return above / below;
}

/* |p - 1/2| <= 0.425 */
static const double middle_above[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                       1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                       4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                       3.3430575583588128105e+4, 2.5090809287301226727e+3};
static const double middle_below[8] = {1,
                                       4.2313330701600911252e+1,
                                       6.8718700749205790830e+2,
                                       5.3941960214247511077e+3,
                                       2.1213794301586595867e+4,
                                       3.9307895800092710610e+4,
                                       2.8729085735721942674e+4,
                                       5.2264952788528545610e+3};
/* sqrt(-log(tail)) <= 5 */
static const double near_above[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                     5.76949722146069140550e0,  3.64784832476320460504e0,
                                     1.27045825245236838258e0,  2.41780725177450611770e-1,
                                     2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double near_below[8] = {1,
                                     2.05319162663775882187e0,
                                     1.67638483018380384940e0,
                                     6.89767334985100004550e-1,
                                     1.48103976427480074590e-1,
                                     1.51986665636164571966e-2,
                                     5.47593808499534494600e-4,
                                     1.05075007164441684324e-9};
/* beyond */
static const double far_above[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                    1.78482653991729133580e0,  2.96560571828504891230e-1,
                                    2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                    2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_below[8] = {1,
                                    5.99832206555887937690e-1,
                                    1.36929880922735805310e-1,
                                    1.48753612908506148525e-2,
                                    7.86869131145613259100e-4,
                                    1.84631831751005468180e-5,
                                    1.42151175831644588870e-7,
                                    2.04426310338993978564e-15};

double ek_normal_quantile(double p)
{
    double q = p - 0.5;
    if (!(p > 0 && p < 1))
        return NAN;
    if (fabs(q) <= 0.425)
        return q * quotient(0.180625 - q * q, middle_above, middle_below);
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    double tail =
        r <= 5 ? quotient(r - 1.6, near_above, near_below) : quotient(r - 5, far_above, far_below);
    return q < 0 ? -tail : tail;
}

double ek_normal_two_sided(double z)
{
    return erfc(fabs(z) / sqrt(2));
}
