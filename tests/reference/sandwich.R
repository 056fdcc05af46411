# Reference values of test_statistics_shift.c and test_statistics_trend.c, from R's sandwich.
#
#   apt-get install r-base-core r-cran-sandwich
#   Rscript tests/reference/sandwich.R shift >tests/reference/shift.inc
#   Rscript tests/reference/sandwich.R trend >tests/reference/trend.inc
#
# vcovCL(~ author + thread), HC0, so that G/(G-1) is the only correction for few clusters. A
# regression on nothing but the window gives the difference (linear), the ratio (log link) and the
# log-odds (logit link) of two shares; one on the bucket's number gives the trend.
library(sandwich)

cases <- list( # see draws.py
  shift = list(
    c(1, 900, 90, 120, 2, 20, 20, 0, 0),
    c(2, 2000, 150, 300, 2, 10, 14, 40, 0),
    c(3, 2000, 150, 300, 2, 10, 13, 0, 60),
    c(4, 3000, 60, 500, 2, 30, 22, 30, 30),
    c(5, 800, 80, 90, 2, 3, 9, 0, 30),
    c(6, 6000, 900, 1100, 2, 55, 57, 10, 20)
  ),
  trend = list(
    c(11, 2500, 200, 300, 24, 8, 16, 20, 20),
    c(12, 4000, 300, 500, 120, 30, 25, 0, 50),
    c(13, 1500, 60, 200, 10, 40, 70, 40, 0)
  )
)

number <- function(...) paste(sprintf("%.17g", c(...)), collapse = ", ")

two_way <- function(model, posts) {
  vcovCL(model, cluster = posts[, c("author", "thread")], type = "HC0")
}

of_shift <- function(posts) {
  exact <- glm.control(epsilon = 1e-15, maxit = 100)
  linear <- lm(tagged ~ bucket, posts)
  ratio <- glm(tagged ~ bucket, poisson(), posts, control = exact)
  odds <- glm(tagged ~ bucket, binomial(), posts, control = exact)
  covariance <- two_way(linear, posts)
  before <- covariance[1, 1]
  after <- sum(covariance)
  authors <- aggregate(tagged ~ author + bucket, posts, max)
  by_author <- lm(tagged ~ bucket, authors)
  number(
    coef(linear)[[2]], covariance[2, 2], before, after,
    exp(coef(ratio)[[2]]), two_way(ratio, posts)[2, 2],
    coef(odds)[[2]], two_way(odds, posts)[2, 2],
    coef(by_author)[[2]], vcovCL(by_author, cluster = authors$author, type = "HC0")[2, 2]
  )
}

of_trend <- function(posts) {
  fit <- glm(tagged ~ bucket, binomial(), posts, control = glm.control(epsilon = 1e-15, maxit = 100))
  number(coef(fit)[[1]], coef(fit)[[2]], two_way(fit, posts)[2, 2])
}

kind <- commandArgs(TRUE)[[1]]
script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
cat(sprintf("/* R %s.%s, sandwich %s: see sandwich.R */\n", R.version$major, R.version$minor,
            packageVersion("sandwich")))
for (case in cases[[kind]]) {
  draws <- paste("python3", file.path(dirname(script), "draws.py"), paste(case, collapse = " "))
  posts <- read.csv(pipe(draws))
  values <- if (kind == "shift") of_shift(posts) else of_trend(posts)
  cat(sprintf("{{%s}, %d, %s},\n", paste(case, collapse = ", "), sum(posts$tagged), values))
}
