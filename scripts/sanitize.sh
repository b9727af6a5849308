#!/bin/sh
# Builds the C cores so that wrong accesses and undefined behaviour are reported (AddressSanitizer,
# UBSan; gcc or clang), runs their tests against them, and then damaged files for a while.
# usage: sh scripts/sanitize.sh [SECONDS]
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
python=$PWD/.venv/bin/python
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cp -r src/techproc "$place/techproc"
include=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
export PYTHONPATH="$place" PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1

runtime=$("${CC:-cc}" -print-file-name=libasan.so)

build() { # MODULE SOURCE...
    module=$1
    shift
    "${CC:-cc}" -shared -fPIC -O1 -g -Wall -Wextra -Werror -fno-omit-frame-pointer \
        -fsanitize=address,undefined -fno-sanitize-recover=undefined \
        -DPy_LIMITED_API=0x030B0000 -I"$include" "$@" -o "$place/techproc/$module.abi3.so"
}

build _fold src/techproc/_fold.c
build dedupe/_rows src/techproc/dedupe/_rows.c
for variant in "" -DTECHPROC_PORTABLE; do
    echo "== ${variant:-as it is built}"
    build marc/_scan $variant src/techproc/marc/_c/*.c
    LD_PRELOAD=$runtime "$python" -m pytest -q -p no:cacheprovider tests/marc/test_scanner.py \
        tests/marc/test_columns.py tests/marc/test_parquet.py tests/marc/test_marc8.py \
        tests/marc/test_scanned.py tests/marc/test_marcxml.py tests/marc/test_weights.py \
        tests/marc/edit/test_rewrite.py tests/marc/validate/test_screening.py \
        tests/test_text.py tests/dedupe/test_rows.py tests/dedupe/test_engine.py
    LD_PRELOAD=$runtime "$python" scripts/fuzz_scanner.py --seconds "$seconds"
done
