"""``make sbom``: every package of an installation, with the hashes that it is held to."""

import json
import re
import subprocess
from pathlib import Path

from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "locks" / "run.lock").read_text("utf-8")


def test_the_bill_lists_every_locked_package_with_its_hashes() -> None:
    done = subprocess.run(["scripts/sbom.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    bill = json.loads((ROOT / done.stdout.strip()).read_text("utf-8"))

    locked = {
        (canonicalize_name(name), version)
        for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, re.M)
    }
    listed = {(canonicalize_name(part["name"]), part["version"]) for part in bill["components"]}
    hashes = {
        found["content"]
        for part in bill["components"]
        for reference in part["externalReferences"]
        for found in reference.get("hashes", ())
    }
    assert locked
    assert listed == locked
    assert hashes == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK))
    assert bill["specVersion"] == "1.6"
    assert bill["metadata"]["component"]["name"] == "claimwire"
    assert "timestamp" not in bill["metadata"], "the same lock gives the same bill"
