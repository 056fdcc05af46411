#!/bin/sh
# import: a whole board, in either manner, becomes exactly the posts that a visitor could read.
. "$(dirname "$0")/lib.sh"

for manner in 3.3 3.0; do
    ok "phpBB $manner: the board is walked" python3 "$ROOT/tests/board/warc.py" --manner "$manner" \
        --posts "$ROOT/sample/posts.jsonl" -o board.warc.gz --truth truth.jsonl
    ok "phpBB $manner: its archive is imported" "$EKBOM" --store "store-$manner" import board.warc.gz
    ok "phpBB $manner: its posts are exported" \
        "$EKBOM" --store "store-$manner" export --tier internal --format jsonl -o export.jsonl posts
    ok "phpBB $manner: authors, threads, times, words and quotes are the board's" \
        python3 "$ROOT/tests/board/compare.py" truth.jsonl export.jsonl
    sed '$s/"text": *"/&x/' export.jsonl >damaged.jsonl
    exits 1 "phpBB $manner: a damaged export is noticed" \
        python3 "$ROOT/tests/board/compare.py" truth.jsonl damaged.jsonl
done
done_testing
