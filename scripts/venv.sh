# Sets up the virtual environment .venv with this checkout in it; sourced by the two README commands.
# usage: extras="[dev]"; . scripts/venv.sh

find_python() {
    for python in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$python" >/dev/null 2>&1 &&
            "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    echo "techproc needs Python 3.11 or newer; none was found. Install one, or set PYTHON=/path/to/python3." >&2
    return 1
}

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python) || exit 1
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        echo "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi
stamp=".venv/installed${extras:-}"
if [ ! -e "$stamp" ] || [ pyproject.toml -nt "$stamp" ] || [ constraints.txt -nt "$stamp" ] ||
    [ -n "$(find setup.py src/techproc/marc/_c -newer "$stamp")" ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --constraint constraints.txt --editable ".${extras:-}" || exit 1
    touch "$stamp"
fi
