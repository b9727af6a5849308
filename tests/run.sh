#!/bin/sh
# Sets techproc up with its development tools and passes the tests; arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
extras="[dev]"
. scripts/venv.sh
exec .venv/bin/python -m pytest "$@"
