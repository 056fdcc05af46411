#!/bin/sh
# venv.sh - a Python with the engines that bench_index stands beside: DuckDB and ClickHouse (chdb)
# in their current releases from PyPI. Nothing of Ekbom needs it.
#
#   tests/bench/venv.sh FOLDER
#
# Prints the Python's path. Where it cannot be made (no network, no module venv) it says so on
# standard error, prints nothing and fails; what is there already is taken as it is.

set -eu

folder=$1
python=$folder/bin/python

has() {
    "$python" -c "import $1" >/dev/null 2>&1
}

if ! [ -x "$python" ] && ! python3 -m venv "$folder" >&2; then
    echo "bench: no virtual environment: python3 -m venv fails (apt-get install python3-venv)" >&2
    exit 1
fi
if ! has duckdb || ! has pyarrow || ! has numpy; then
    "$python" -m pip install --quiet --disable-pip-version-check duckdb pyarrow numpy >&2 || {
        echo "bench: DuckDB cannot be had from PyPI" >&2
        exit 1
    }
fi
# ClickHouse may be missing: bench_index then leaves its lines out.
has chdb || "$python" -m pip install --quiet --disable-pip-version-check chdb >&2 ||
    echo "bench: ClickHouse (chdb) cannot be had from PyPI" >&2
echo "$python"
