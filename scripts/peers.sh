#!/usr/bin/env bash
# Install the compared systems beside the project's own packages, then measure all. Arguments go to bench.peers.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=var/peers
if [ ! -f "$venv/done" ] || [ bench/peers/requirements.txt -nt "$venv/done" ]; then
  rm -rf "$venv"
  .venv/bin/python -m venv "$venv"
  own=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  theirs=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  echo "$own" > "$theirs/claimwire.pth" # theirs first, then ours
  "$venv/bin/pip" install -q -r bench/peers/requirements.txt
  touch "$venv/done"
fi
PYTHONPATH=. exec .venv/bin/python -m bench.peers --python "$PWD/$venv/bin/python" "$@"
