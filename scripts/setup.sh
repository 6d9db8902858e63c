#!/usr/bin/env bash
# Makes .venv with everything from locks/dev.lock and an editable claimwire; does nothing when all is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

python="${PYTHON:-python3}"
stamp=.venv/claimwire-setup

fingerprint() {
  { pwd; "$python" --version; cat locks/dev.lock pyproject.toml scripts/setup.sh scripts/hatch_build.py; } | sha256sum
}

if ! command -v "$python" >/dev/null; then
  echo "setup: there is no $python; install Python 3.11 or newer, or name one: make setup PYTHON=/path/to/python" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "setup: claimwire needs Python 3.11 or newer, and $python is $("$python" --version 2>&1);" \
    "name another: make setup PYTHON=/path/to/python" >&2
  exit 1
fi
wanted=$(fingerprint)
if [ -x .venv/bin/claimwire ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "setup: $python cannot make virtual environments; on Debian: apt-get install python3-venv" >&2
  exit 1
fi

# A folder that was copied or moved, or made by an older Python, is made anew.
usable() {
  .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
    head -n 1 .venv/bin/pip 2>/dev/null | grep -qF "#!$PWD/.venv/bin/python"
}
usable || "$python" -m venv --clear .venv

echo "setup: installing from locks/dev.lock into .venv (some minutes the first time)"
pip=(.venv/bin/python -m pip --disable-pip-version-check --no-input --quiet)
"${pip[@]}" install --require-hashes --requirement locks/dev.lock
"${pip[@]}" install --no-deps --no-build-isolation --editable .
echo "$wanted" >"$stamp"
