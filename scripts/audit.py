"""Asks the advisory service about every locked package (``make audit``); run by ``make test``.

A known weakness fails. A service that answers for no package at all (an index without advisories, a machine
without a network) is said and passes, unless ``AUDIT_REQUIRED=1``; one that leaves out some of them fails.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = ("locks/run.lock", "locks/build.lock")
_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answers come to: lines for a person, and whether the run failed."""

    lines: tuple[str, ...]
    failed: bool


def judge(report: Mapping[str, Any], *, required: bool) -> Verdict:
    """Judge pip-audit's JSON report."""
    packages = report["dependencies"]
    weak = [
        f"{package['name']} {package['version']}: {weakness['id']}, mended in "
        f"{', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in packages
        for weakness in package.get("vulns", ())
    ]
    skipped = sorted(package["name"] for package in packages if "skip_reason" in package)
    if not packages:
        return Verdict(("audit: nothing was looked up",), failed=True)
    if len(skipped) == len(packages):
        line = f"audit: NOT RUN: no advisory service answers here for any of {len(packages)} packages"
        return Verdict((line,), failed=required)
    unknown = [f"no answer about {name}" for name in skipped]
    lines = weak + unknown or [f"{len(packages)} packages, no known weakness"]
    return Verdict(tuple(f"audit: {line}" for line in lines), failed=bool(weak or unknown))


def audit(lock: str) -> Mapping[str, Any] | None:
    """Return pip-audit's report on ``lock``, or ``None`` when its service cannot be reached."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--requirement", lock, "--require-hashes"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        return None
    if not done.stdout.startswith("{"):
        sys.stderr.write(done.stderr[-500:])
        return None
    report: Mapping[str, Any] = json.loads(done.stdout)
    return report


def main() -> int:
    """Audit every lock file; return the exit code."""
    required = os.environ.get("AUDIT_REQUIRED") == "1"
    failed = False
    for lock in LOCKS:
        report = audit(lock)
        if report is None:
            verdict = Verdict(("audit: NOT RUN: the advisory service cannot be reached",), failed=required)
        else:
            verdict = judge(report, required=required)
        print(lock, *verdict.lines, sep="\n  ")
        failed |= verdict.failed
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
