/* rarity.c - see rarity.h.
 *
 * It decides nothing about what is found, only what is looked for first; so a short table of the
 * commonest words is enough, counted in the long texts that Debian's packages anarchism and
 * fortunes ship, and the length of the word for all others. */
#include "rules/rarity.h"

#include <stdlib.h>
#include <string.h>

/* Sorted. */
static const struct common {
    const char *word;
    unsigned frequency; /* in ten thousand words */
} common_words[] = {
    {"10", 2},         {"a", 217},        {"able", 2},       {"about", 13},     {"above", 2},
    {"act", 2},        {"action", 3},     {"actually", 3},   {"after", 9},      {"again", 4},
    {"against", 6},    {"all", 38},       {"also", 8},       {"always", 8},     {"american", 2},
    {"an", 39},        {"and", 249},      {"another", 5},    {"any", 14},       {"anything", 3},
    {"are", 53},       {"around", 3},     {"as", 72},        {"at", 30},        {"away", 3},
    {"back", 4},       {"bad", 3},        {"based", 3},      {"be", 70},        {"because", 11},
    {"become", 4},     {"been", 13},      {"before", 6},     {"being", 9},      {"believe", 2},
    {"best", 5},       {"better", 5},     {"between", 8},    {"big", 3},        {"book", 2},
    {"both", 5},       {"business", 3},   {"but", 35},       {"by", 55},        {"call", 3},
    {"called", 4},     {"came", 2},       {"can", 30},       {"can't", 4},      {"cannot", 6},
    {"case", 3},       {"certain", 2},    {"change", 4},     {"class", 6},      {"clear", 2},
    {"come", 4},       {"comes", 2},      {"common", 2},     {"company", 2},    {"control", 4},
    {"could", 10},     {"country", 2},    {"course", 5},     {"day", 5},        {"days", 2},
    {"death", 2},      {"did", 9},        {"didn't", 3},     {"difference", 2}, {"different", 4},
    {"do", 25},        {"does", 12},      {"doesn't", 3},    {"doing", 3},      {"don't", 4},
    {"done", 3},       {"down", 6},       {"during", 3},     {"each", 5},       {"economic", 2},
    {"either", 3},     {"else", 2},       {"end", 5},        {"enough", 4},     {"even", 10},
    {"ever", 3},       {"every", 6},      {"everyone", 2},   {"everything", 2}, {"example", 4},
    {"experience", 2}, {"face", 2},       {"fact", 5},       {"far", 4},        {"few", 5},
    {"find", 4},       {"first", 9},      {"for", 81},       {"force", 3},      {"form", 4},
    {"found", 3},      {"free", 8},       {"freedom", 3},    {"from", 36},      {"full", 3},
    {"future", 3},     {"general", 3},    {"get", 8},        {"give", 4},       {"given", 4},
    {"go", 8},         {"going", 3},      {"good", 7},       {"got", 2},        {"government", 5},
    {"great", 5},      {"group", 2},      {"had", 17},       {"hand", 3},       {"hands", 2},
    {"hard", 2},       {"has", 21},       {"have", 41},      {"having", 3},     {"he", 33},
    {"help", 2},       {"her", 5},        {"here", 4},       {"high", 3},       {"him", 6},
    {"himself", 3},    {"his", 26},       {"history", 4},    {"home", 3},       {"how", 13},
    {"however", 4},    {"human", 5},      {"i", 41},         {"i'm", 8},        {"i've", 3},
    {"idea", 3},       {"ideas", 4},      {"if", 32},        {"important", 4},  {"in", 171},
    {"indeed", 2},     {"individual", 2}, {"instead", 2},    {"interest", 2},   {"into", 14},
    {"is", 154},       {"isn't", 3},      {"it", 107},       {"it's", 3},       {"its", 17},
    {"itself", 4},     {"john", 3},       {"just", 12},      {"keep", 2},       {"kind", 3},
    {"know", 6},       {"land", 3},       {"large", 3},      {"last", 4},       {"later", 2},
    {"law", 7},        {"laws", 2},       {"least", 3},      {"left", 4},       {"less", 4},
    {"let", 3},        {"liberty", 2},    {"life", 11},      {"like", 16},      {"little", 6},
    {"live", 3},       {"living", 2},     {"long", 7},       {"longer", 2},     {"look", 3},
    {"love", 2},       {"machine", 2},    {"made", 6},       {"make", 10},      {"makes", 3},
    {"making", 3},     {"man", 10},       {"management", 2}, {"many", 9},       {"market", 3},
    {"matter", 2},     {"may", 10},       {"me", 4},         {"mean", 4},       {"means", 8},
    {"men", 5},        {"might", 3},      {"mind", 3},       {"money", 5},      {"more", 20},
    {"most", 11},      {"much", 7},       {"must", 10},      {"my", 7},         {"name", 3},
    {"natural", 2},    {"nature", 5},     {"necessary", 2},  {"need", 7},       {"needs", 2},
    {"never", 8},      {"new", 11},       {"next", 3},       {"no", 28},        {"non", 3},
    {"nor", 3},        {"not", 62},       {"nothing", 5},    {"now", 7},        {"number", 3},
    {"of", 301},       {"off", 4},        {"often", 3},      {"old", 4},        {"on", 55},
    {"once", 5},       {"one", 29},       {"only", 20},      {"or", 35},        {"order", 4},
    {"other", 16},     {"others", 5},     {"our", 10},       {"out", 15},       {"over", 11},
    {"own", 9},        {"part", 5},       {"party", 6},      {"pay", 2},        {"people", 22},
    {"person", 3},     {"place", 4},      {"point", 4},      {"political", 4},  {"poor", 2},
    {"position", 2},   {"possible", 3},   {"power", 10},     {"present", 2},    {"private", 2},
    {"problem", 4},    {"problems", 3},   {"process", 2},    {"property", 3},   {"public", 3},
    {"put", 5},        {"question", 4},   {"rather", 6},     {"real", 6},       {"reality", 2},
    {"really", 4},     {"reason", 3},     {"red", 2},        {"result", 2},     {"revolution", 4},
    {"rich", 2},       {"right", 10},     {"rule", 3},       {"run", 3},        {"s", 2},
    {"said", 5},       {"same", 7},       {"saw", 2},        {"say", 8},        {"second", 2},
    {"section", 2},    {"see", 11},       {"seems", 2},      {"seen", 4},       {"self", 5},
    {"sense", 3},      {"set", 2},        {"she", 4},        {"should", 11},    {"show", 2},
    {"side", 2},       {"simply", 4},     {"since", 3},      {"small", 3},      {"so", 31},
    {"social", 6},     {"society", 6},    {"some", 12},      {"someone", 3},    {"something", 4},
    {"soon", 2},       {"start", 2},      {"state", 10},     {"states", 2},     {"still", 5},
    {"stop", 2},       {"such", 12},      {"support", 3},    {"system", 10},    {"take", 8},
    {"tell", 2},       {"than", 19},      {"that", 116},     {"that's", 4},     {"the", 588},
    {"their", 29},     {"them", 18},      {"themselves", 4}, {"then", 13},      {"theory", 4},
    {"there", 22},     {"therefore", 3},  {"these", 10},     {"they", 40},      {"thing", 4},
    {"things", 6},     {"think", 7},      {"this", 51},      {"those", 12},     {"thought", 4},
    {"three", 3},      {"through", 5},    {"thus", 4},       {"time", 14},      {"times", 3},
    {"to", 251},       {"today", 3},      {"together", 2},   {"too", 5},        {"took", 2},
    {"top", 2},        {"true", 3},       {"try", 3},        {"turn", 3},       {"two", 8},
    {"under", 6},      {"understand", 2}, {"until", 3},      {"up", 14},        {"upon", 5},
    {"us", 8},         {"use", 9},        {"used", 6},       {"using", 2},      {"usually", 2},
    {"value", 2},      {"very", 8},       {"want", 5},       {"war", 5},        {"was", 44},
    {"way", 10},       {"we", 36},        {"well", 11},      {"were", 18},      {"what", 27},
    {"when", 23},      {"where", 8},      {"whether", 3},    {"which", 29},     {"while", 8},
    {"who", 26},       {"whole", 3},      {"why", 9},        {"will", 33},      {"with", 50},
    {"within", 5},     {"without", 9},    {"women", 3},      {"word", 2},       {"words", 6},
    {"work", 11},      {"workers", 2},    {"working", 6},    {"works", 2},      {"world", 8},
    {"would", 26},     {"wrong", 3},      {"year", 3},       {"years", 5},      {"yet", 4},
    {"you", 34},       {"your", 11}};

/* Times in a million words, by length, of a word that is not in the table ... */
static const double by_length[] = {40000, 5000, 500, 150, 80, 50, 30, 20, 10};
/* ... and of all words that begin with so many letters together. */
static const double by_head[] = {1e6, 40000, 8000, 2500, 700, 250, 100, 50, 20};

struct wanted {
    const char *word;
    size_t len;
};

static int compare_words(const void *key, const void *element)
{
    const struct wanted *wanted = key;
    const struct common *common = element;
    int order = strncmp(wanted->word, common->word, wanted->len);

    return order ? order : -(int)(common->word[wanted->len] != '\0');
}

double word_frequency(const char *word, size_t len, bool open)
{
    size_t known = sizeof by_length / sizeof *by_length - 1;
    struct wanted wanted = {word, len};
    const struct common *common =
        bsearch(&wanted, common_words, sizeof common_words / sizeof *common_words,
                sizeof *common_words, compare_words);
    double alone = common ? 100.0 * common->frequency : by_length[len < known ? len : known];

    return open ? alone + by_head[len < known ? len : known] : alone;
}
