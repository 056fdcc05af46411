# Reference values of test_statistics_validated.c, from R's survey package.
#
#   apt-get install r-base-core r-cran-survey
#   Rscript tests/reference/validated.R >tests/reference/validated.inc
#
# The coded posts are a sample stratified by window and by what the rules say, drawn at rates of their
# own and, within the tagged ones, at two rates. svyby gives the part that has the theory in each
# stratum with its linearised variance. The corrected share is Rogan and Gladen's, with sensitivity
# and specificity at the window's counted share; its slope over that share is taken by difference.
suppressPackageStartupMessages(library(survey))

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
cases <- list(c(51, 4000, 300, 500, 2, 20, 30, 20, 20), c(52, 6000, 300, 500, 2, 10, 9, 0, 40))
counted <- list(c(0.21, 0.27, 1.1e-4, 1.3e-4, 2e-5), c(0.1, 0.14, 6e-5, 8e-5, 0))

# Every third post was coded; of the untagged in the first window, every second of these.
code <- function(posts) {
  i <- seq_len(nrow(posts)) - 1
  posts$coded <- as.integer((posts$tagged == 1 & posts$author %% 7 > 0) |
                              (posts$tagged == 0 & posts$thread %% 29 == 0))
  posts$weight <- ifelse(posts$tagged == 1 & posts$author %% 2 == 0, 3, ifelse(posts$tagged == 1, 4.5, 9))
  posts[i %% 3 == 0 & (posts$tagged == 1 | posts$bucket == 1 | i %% 2 == 0), ]
}

correct <- function(p, variance, means, variances) {
  share <- p * means[2] + (1 - p) * means[1]
  sensitivity <- p * means[2] / share
  specificity <- (1 - p) * (1 - means[1]) / (1 - share)
  gladen <- function(p) (p + specificity - 1) / (sensitivity + specificity - 1)
  stopifnot(abs(gladen(p) - share) < 1e-12)
  slope <- (gladen(p + 0.001) - gladen(p - 0.001)) / 0.002
  coding <- p^2 * variances[2] + (1 - p)^2 * variances[1]
  c(means[2], sensitivity, means[1], gladen(p), slope, coding, slope^2 * variance + coding)
}

cat(sprintf("/* R %s.%s, survey %s: see validated.R */\n", R.version$major, R.version$minor,
            packageVersion("survey")))
for (i in seq_along(cases)) {
  draws <- paste("python3", file.path(dirname(script), "draws.py"), paste(cases[[i]], collapse = " "))
  coded <- code(read.csv(pipe(draws)))
  coded$stratum <- coded$bucket * 2 + coded$tagged
  design <- svydesign(~1, strata = ~stratum, weights = ~weight, data = coded)
  fit <- svyby(~coded, ~stratum, design, svymean)
  p <- counted[[i]]
  windows <- lapply(0:1, function(w) correct(p[w + 1], p[w + 3], fit$coded[2 * w + 1:2], fit$se[2 * w + 1:2]^2))
  of <- function(values) paste(sprintf("%.17g", values), collapse = ", ")
  difference <- windows[[2]][4] - windows[[1]][4]
  variance <- windows[[1]][7] + windows[[2]][7] - 2 * windows[[1]][5] * windows[[2]][5] * p[5]
  cat(sprintf("{{%s}, %d, {%s}, {{%s}, {%s}}, %s},\n", paste(cases[[i]], collapse = ", "), nrow(coded),
              of(p), of(windows[[1]]), of(windows[[2]]), of(c(difference, variance))))
}
