#!/usr/bin/env bash
# Writes locks/run.lock (running) and locks/dev.lock (demo and development), for every platform, with hashes.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {
  .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --custom-compile-command "make lock" --quiet "$@"
}

lock --output-file locks/run.lock
lock --extra demo --extra dev --constraints locks/run.lock --output-file locks/dev.lock
if grep -nE '://|--(extra-)?index-url|--find-links' locks/*.lock; then
  echo "lock: a lock file names a host or a folder of this machine" >&2
  exit 1
fi
