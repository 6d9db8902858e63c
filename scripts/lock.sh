#!/usr/bin/env bash
# Writes the lock files, for every platform and with hashes: locks/run.lock (running), locks/dev.lock (demo and
# development), locks/build.lock (building the wheel).
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {
  .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command "make lock" --quiet "$@"
}

lock pyproject.toml --output-file locks/run.lock
lock pyproject.toml --extra demo --extra dev --constraints locks/run.lock --output-file locks/dev.lock
.venv/bin/python -c '
import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")
' | lock - --constraints locks/dev.lock --output-file locks/build.lock
if grep -nE '://|--(extra-)?index-url|--find-links' locks/*.lock; then
  echo "lock: a lock file names a host or a folder of this machine" >&2
  exit 1
fi
