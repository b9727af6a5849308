#!/bin/sh
# Makes the pictures of the README from a run of the example; needs chromium and pdftoppm.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOURCE_DATE_EPOCH=1767603600 .venv/bin/techproc process examples/trolley.csv examples/vendor.mrc \
    --catalog examples/catalogue.mrc --source examples/copy-source.mrc --offline --quiet \
    --out "$work/out" || [ $? -eq 3 ]
# The first arrival that a person must look at stands open in the picture.
sed 's#^draw();$#draw(); document.querySelector("details.arrival").open = true;#' \
    "$work/out/report.html" >"$work/report.html"
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync \
    --disable-background-networking --disable-component-update --hide-scrollbars \
    --user-data-dir="$work/profile" --window-size=1180,1000 \
    --screenshot=docs/images/report.png "file://$work/report.html" 2>/dev/null
pdftoppm -r 80 -png -singlefile -W 680 -H 330 "$work/out/spine-labels.pdf" docs/images/spine-labels
pdftoppm -r 80 -png -singlefile -W 680 -H 330 "$work/out/barcode-labels.pdf" docs/images/barcode-labels
.venv/bin/techproc labels cards examples/catalogue.mrc --outlines -o "$work/cards.pdf"
pdftoppm -r 80 -png -singlefile -f 40 -x 40 -y 95 -W 800 -H 490 "$work/cards.pdf" docs/images/cards
