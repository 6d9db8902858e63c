#!/usr/bin/env bash
# Every check, all of them even when one fails; exits 1 when any did. Arguments go to pytest.
set -uo pipefail
cd "$(dirname "$0")/.."
bin="$PWD/.venv/bin"
failed=()

check() {
  echo "== $*"
  local began=$SECONDS
  "$bin/$@" || failed+=("$*")
  echo "   $((SECONDS - began)) s"
}

scripts/postgres.sh || true # without it, the tests that need it are told as not run
scripts/alertmanager.sh >/dev/null || true

check ruff check .
check ruff format --check .
check mypy workers tests scripts bench
check lint-imports
check bandit --quiet --configfile pyproject.toml --recursive workers scripts
check python scripts/audit.py
check claimwire schemas check
# Side by side: much of a fault test is waiting. Files stay whole (their fixtures are dear), long ones come first.
check pytest -q --numprocesses "${TEST_PROCESSES:-2}" --dist loadfile --no-loadscope-reorder --durations=15 "$@"

if [ ${#failed[@]} -gt 0 ]; then
  printf 'FAILED: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "all checks passed in $SECONDS s"
