#!/bin/sh
# The board that other tests crawl behaves as a board does; see tests/board/selftest.py.
exec python3 "$(dirname "$0")/../board/selftest.py"
