"""What the advisory service's answers come to."""

from typing import Any

from scripts.audit import judge

SOUND: dict[str, Any] = {"name": "sound", "version": "1.0", "vulns": []}
UNKNOWN: dict[str, Any] = {"name": "unknown", "skip_reason": "not found"}
WEAK: dict[str, Any] = {
    "name": "weak",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}],
}


def test_a_known_weakness_fails_and_says_where_it_is_mended() -> None:
    verdict = judge({"dependencies": [SOUND, WEAK]}, required=False)

    assert verdict.failed
    assert verdict.lines == ("audit: weak 1.0: PYSEC-1, mended in 1.1",)


def test_sound_packages_pass() -> None:
    verdict = judge({"dependencies": [SOUND]}, required=True)

    assert (verdict.failed, verdict.lines) == (False, ("audit: 1 packages, no known weakness",))


def test_a_service_that_knows_no_package_at_all_is_told_and_fails_only_where_it_must_answer() -> None:
    here = judge({"dependencies": [UNKNOWN]}, required=False)

    assert not here.failed
    assert "NOT RUN" in here.lines[0]
    assert judge({"dependencies": [UNKNOWN]}, required=True).failed


def test_a_service_that_leaves_one_package_out_fails() -> None:
    verdict = judge({"dependencies": [SOUND, UNKNOWN]}, required=False)

    assert verdict.failed
    assert verdict.lines == ("audit: no answer about unknown",)


def test_an_audit_of_nothing_is_no_audit() -> None:
    assert judge({"dependencies": []}, required=False).failed
