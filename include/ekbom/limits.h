/* limits.h - every ceiling in one place, with its unit and its reason. */
#ifndef EKBOM_LIMITS_H
#define EKBOM_LIMITS_H

/* Pages. Real thread pages are 20 to 300 KB; the largest phpBB page seen is under 1 MB. */
#define EK_MAX_PAGE_BYTES (8u << 20)  /* decoded body of one page */
#define EK_MAX_PAGE_NODES 400000u     /* elements of one page */
#define EK_MAX_TAG_ATTRIBUTES 1000u   /* of one tag; real ones have under 40 */
#define EK_MAX_PAGE_DEPTH 512u        /* element nesting; real pages stay under 60 */
#define EK_MAX_PAGE_STEPS (16u << 20) /* selector tests: 0.3 s; real pages take under 10,000 */
#define EK_MAX_PAGE_POSTS 2000u       /* posts on one page; print views go to 1,000 */
#define EK_MAX_QUOTE_DEPTH 32u        /* forums stop at 3 to 10 */
#define EK_MAX_ID_BYTES 255u          /* a forum's own id; message ids are the longest */
#define EK_MAX_URL_BYTES 4096u
/* Posts. The longest real posts are some 60 KB; 10 MB must be survived, not served quickly. */
#define EK_MAX_TEXT_BYTES (16u << 20) /* own text of one post */
#define EK_MAX_LINE_BYTES (64u << 20) /* one line of JSONL */
#define EK_MAX_TAGS 512u              /* codes on one post */
/* Rules. */
#define EK_MAX_RULE_FILE_BYTES (1u << 20)
#define EK_MAX_BUNDLE_BYTES (16u << 20)
#define EK_MAX_BUNDLE_FILES 1000u
#define EK_MAX_TOKENS (6u << 20)  /* words and marks of one text: 10 MB of prose has 2.5 M */
#define EK_MAX_SPANS (8u << 20)   /* places of words and conditions in one text */
#define EK_MAX_CUES_FOUND 5000u   /* cues looked at in one text; 10,000 words hold 2,000 */
#define EK_MAX_HITS 1000u         /* hits listed for one code on one text */
#define EK_MAX_WITHIN 200u        /* words of near/N, then/N, forward/N, and of a phrase */
#define EK_MAX_RULE_NODES 500000u /* words, phrases and conditions of one rule set */
#define EK_MAX_NESTING 32u        /* brackets inside brackets in one clause */
#define EK_MAX_CONDITION 200000u  /* words to try for one rule, its lists written out */
#define EK_JIT_STACK_KIB 256u     /* PCRE2's own stack for compiled patterns */
#define EK_MAX_DIAGNOSTICS 100u   /* then "and more" */
#define EK_MAX_PATTERN_BYTES 4096u
#define EK_MATCH_LIMIT 100000u /* PCRE2 match limit: 0.3 ms at worst */
#define EK_MATCH_HEAP_KIB 8192u
/* Crawling. */
#define EK_MAX_PLACE_PAGES 20000u /* of a board or thread in one reading; 300,000 posts */
#define EK_RECHECKS_A_ROUND 5u    /* old threads read again whole, besides the news */
/* Readers. */
#define EK_MAX_BATCH_BYTES (1u << 20)    /* texts in one request: 60 us of switching a message */
#define EK_MAX_MESSAGE_BYTES (96u << 20) /* a frame between parent and reader */
#define EK_READER_MEMORY_BYTES (768ull << 20) /* RLIMIT_AS; ICU and libxml2 map some 60 MB */
#define EK_READER_CPU_SECONDS 10u             /* a request; a page takes milliseconds */
#define EK_READER_DEADLINE_SECONDS 20         /* wall clock from the parent */
#define EK_READERS_MAX 64
#define EK_READER_IN_FLIGHT 2 /* requests: one working, one waiting */
/* Fetch. What a good guest does, and what a bad host may cost us: 30 s and 256 MB in all. */
#define EK_DEFAULT_DELAY_MS 5000    /* between two requests to one host */
#define EK_MIN_PUBLIC_DELAY_MS 1000 /* configuration may not go below on a public address */
#define EK_SLOW_ANSWER_FACTOR 10 /* delay / time the last answer took: 1/10 of the host at most */
#define EK_MAX_BACKOFF_MS (3600 * 1000)  /* the delay doubles up to an hour */
#define EK_MAX_RETRY_AFTER_SECONDS 86400 /* longer ones are asked again after a day */
#define EK_MAX_CRAWL_DELAY_SECONDS 86400 /* a page a day; longer is a mistake */
#define EK_MAX_FORBIDDEN 8 /* answers 403 in a row: more than a board's private corners */
#define EK_MAX_REDIRECTS 5 /* RFC 9309 for robots.txt; pages need one or two */
#define EK_MAX_ROBOTS_BYTES (500u << 10) /* RFC 9309: at least as much is to be read */
#define EK_ROBOTS_SECONDS 86400          /* RFC 9309: not kept longer than a day */
#define EK_FETCH_CONNECT_SECONDS 10      /* name, connection and TLS together */
#define EK_FETCH_SLOW_SECONDS 15         /* this long below ... */
#define EK_FETCH_SLOW_BYTES 100          /* ... so many bytes a second ends a transfer */
#define EK_FETCH_TOTAL_SECONDS 25        /* one request; a board that needs longer is in trouble */
#define EK_MAX_COOKIES 64u               /* kept of one host; a board sets three to five */
#define EK_MAX_COOKIE_BYTES (16u << 10)  /* ... and their bytes together */
#define EK_MAX_HOSTS 1000u               /* known at once; 20 KiB each */
#define EK_MAX_TRANSFERS 32u             /* at once; 200 hosts at 5 s and 0.5 s an answer need 20 */
#define EK_MAX_CONNECTIONS 64            /* kept open; a TLS connection holds 50 KiB */
#define EK_MAX_HELD_BYTES (64u << 20)    /* bodies arriving or waiting to be taken, all hosts */
#define EK_MAX_QUEUED 10000u             /* requests waiting; the frontier is the store's */
/* Archive. */
#define EK_MAX_WARC_HEADER_BYTES (64u << 10)
#define EK_MAX_HTTP_HEADER_BYTES (256u << 10)
#define EK_MAX_FIELD_BYTES 8192u      /* value of one head line; longer ones are passed over */
#define EK_MAX_CHUNK_LINE_BYTES 4096u /* a chunk's size and its extensions */
#define EK_MAX_WARC_BLOCK_BYTES (16u << 20) /* kept of one record: a page and its head */
#define EK_MAX_WARC_RESYNC_BYTES (1u << 20) /* searched after a wrong length */
#define EK_MAX_WARC_BLANK_BYTES 4096u       /* line ends between two records; four are due */
#define EK_MAX_WARC_MEMBERS 65536u          /* gzip members in one record; one is usual */
#define EK_MEMBER_FREE_BYTES (64u << 20)    /* a gzip member may decode to this, */
#define EK_MAX_MEMBER_RATIO 200u            /* and beyond it only so many times its size */
#define EK_MAX_OPEN_ARCHIVE_FILES 32u       /* descriptors; a file is a forum's month */
/* Store. */
#define EK_MAP_BYTES (1ull << 40)        /* sparse address space, not disk */
#define EK_MAP_BYTES_LEAST (64ull << 20) /* halved down to this where address space is limited */
#define EK_FILE_AHEAD_PAGES 8192 /* hole behind the last page: more than a slice adds, no disk */
#define EK_DISK_FULL_BYTES (64u << 10) /* less free: a refused write means a full disk */
#define EK_MAX_TREE_DEPTH                                                                          \
    24u /* of pages in data.mdb; the longest keys make 12 of a billion posts */
#define EK_MAX_PAGE_FINDINGS 200 /* told of one data.mdb; then it is beyond help */
#define EK_KEEP_FREE_MB 200      /* left on the disk by a service: room to compact a small store */
#define EK_SLICE_ROOM_BYTES (8u << 20) /* free before a slice: what it may take */
#define EK_STORE_READERS 1022          /* reader slots; LMDB's default 126 is too few */
#define EK_READER_CHECK_COMMITS                                                                    \
    64u                           /* between two looks for readers that were killed: 40 us each    \
                                   */
#define EK_COPY_BYTES (32u << 20) /* a transaction of a copy: the pages that it holds in memory */
#define EK_SLICE_PAGES 64u        /* ... and pages */
#define EK_SLICE_POSTS 1000u      /* bulk work outside the service: posts a commit */
/* Index: when runs of rows are merged. Small runs cost a query some microseconds each, a merge
 * costs every post another writing. */
#define EK_MERGE_RUNS 64u        /* of one commit each, where commits bring few posts, ... */
#define EK_MERGE_ROWS 512u       /* ... fewer than this; others wait until they make a full run */
#define EK_MERGE_RUNS_MOST 1024u /* but no more: merged at once, some 20 KB of memory each */
#define EK_MERGE_RUNS_LEFT 8u    /* so many are merged when a command ends */
#define EK_MERGE_FAN_OUT 8u      /* runs that were merged once, and are not full, into the next */
#define EK_MERGE_FULL_CHUNKS 8u  /* of a full run: an eighth of the years in each of its chunks */
#define EK_MERGE_COVERED 65472u  /* rows of a run whose first days are worth a table: a chunk's */
#define EK_MERGE_BYTES (4ull << 30) /* tags held by a merge; 10 MB a generation is usual */
#define EK_CATCH_UP_POSTS 20000u    /* changes of posts in a transaction, after a crash */
#define EK_MAX_GENERATIONS 16u      /* of tags: merges carry all of them along; the oldest goes */
/* Dictionaries for the texts: 40 ms of training once in a factor of eight. A sample of twice the
 * size gains 1 % of the texts' size and takes half as long again. */
#define EK_DICTIONARY_POSTS 2000u               /* posts before the first one is trained, */
#define EK_DICTIONARY_GROWTH 8u                 /* and times as many before the next */
#define EK_DICTIONARY_BYTES (64u << 10)         /* its size */
#define EK_DICTIONARY_SAMPLE_BYTES (256u << 10) /* texts that it is trained on, */
#define EK_DICTIONARY_SAMPLE_TEXT (4u << 10)    /* of one text at most so much, */
#define EK_DICTIONARY_SAMPLES 4000u             /* and at most so many of them */
#define EK_MAX_DICTIONARIES 64u                 /* of one store; growth by eight makes twenty */

#define EK_MAX_REVISIONS 200u            /* texts kept of one post; counters change daily */
#define EK_MAX_AUTHOR_NAMES 64u          /* names kept of one author; renaming is rare */
#define EK_MAX_UNTAGGED_BYTES (8u << 20) /* texts handed out at once to be tagged */
#define EK_MAX_BUCKETS 24000u /* of a timeline: 2,000 years by month; more is a false date */
/* Dump. */
#define EK_MAX_DUMP_LINE_BYTES (256u << 20) /* the longest text, every byte escaped */
#define EK_LOAD_SLICE_LINES 4000u           /* of a load: lines a commit, */
#define EK_LOAD_SLICE_BYTES (16u << 20)     /* or so many bytes of them */
/* Export. */
#define EK_MAX_EXPORT_ROW_BYTES (256u << 20) /* the longest text, every byte escaped */
/* Disclosure. */
#define EK_WITHHELD_BELOW 5u /* cells with 1 to 4 tagged authors are withheld */
#define EK_MIN_CLUSTERS 30u  /* fewer authors or threads: no interval */
/* Statistics. */
#define EK_MAX_SERIES 1200u              /* buckets searched for changes: a century of months */
#define EK_MAX_DATED_POSTS 500000u       /* times series with a break: 1 s of bootstrap, */
#define EK_MAX_DATED_SQUARES 120000u     /* and of searching its replicates: buckets squared */
#define EK_MAX_PLOT_BYTES (64u << 20)    /* a picture; 30 theories of 1,200 periods make 20 MB */
#define EK_PANEL_BYTES (2ull << 30)      /* posts of two windows with their clusters: 40 M */
#define EK_MAX_REPORT_BYTES (256u << 20) /* of a report; 30 theories by month are 5 MB */
#define EK_MAX_CODED_POSTS 1000000u      /* of a hand-coded sample; people code some thousands */
#define EK_MAX_LOG_LINE_BYTES (1u << 20) /* of STORE/log: a compare of all theories has 4 KB */
#define EK_MAX_WORDS_SEEN 1000000u /* different words counted; English forums have some 200,000 */
#define EK_MAX_SELECTION_BYTES (1u << 20) /* of a selection file: some 10,000 entries */
#define EK_MAX_SELECTION_NAMES 10000u     /* taken in, and left out; people write some dozens */
#define EK_MAX_DRAWN 100000u              /* posts of one drawn sample; people read some hundreds */

/* Memory of one decoded page or batch. */
#define EK_ARENA_BYTES (512u << 20)

#endif
