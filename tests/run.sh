#!/bin/sh
# Sets techproc up with its development tools and passes the tests; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
. scripts/venv.sh "[dev]"
exec .venv/bin/python -m pytest "$@"
