"""docs/security.md and SECURITY.md say what the code does."""

import re
from pathlib import Path

import pytest

from workers.broker.access import BrokerAccess, Protection
from workers.wire.acls import ROLE_SUMMARIES, Role, role_grants
from workers.wire.topics import load_topics

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "security.md").read_text("utf-8")
POLICY = (ROOT / "SECURITY.md").read_text("utf-8")


def rows(role: Role) -> list[str]:
    """Return the table's rows for ``role``: one an operation, with all it is for."""
    by_operation: dict[str, list[str]] = {}
    for grant in role_grants(role, load_topics(), "claimwire", "claimwire-forward"):
        by_operation.setdefault(str(grant.operation), []).append(f"{grant.kind.lower()} `{grant.name}`")
    summary = ROLE_SUMMARIES[role]
    if role is Role.ADMIN:
        return [f"| {role} | {summary} | {', '.join(sorted(by_operation))} | every topic |"]
    return [
        f"| {role} | {summary} | {operation} | {', '.join(found)} |"
        for operation, found in by_operation.items()
    ]


@pytest.mark.parametrize("role", Role)
def test_the_table_of_rights_is_what_the_stages_need(role: Role) -> None:
    written = [line for line in GUIDE.splitlines() if line.startswith(f"| {role} |")]

    assert written == rows(role), "write into docs/security.md:\n" + "\n".join(rows(role))


@pytest.mark.parametrize("name", BrokerAccess.model_fields)
def test_every_setting_of_the_broker_is_explained(name: str) -> None:
    assert f"| `CLAIMWIRE_{name.upper()}` |" in GUIDE


@pytest.mark.parametrize("kind", Protection)
def test_every_kind_of_protection_is_explained(kind: Protection) -> None:
    assert f"`{kind}`" in GUIDE


@pytest.mark.parametrize("text", [GUIDE, POLICY], ids=["docs/security.md", "SECURITY.md"])
def test_every_file_that_is_named_is_there(text: str) -> None:
    named = set(re.findall(r"`((?:tests|workers|deploy|scripts|docs|locks)/[\w./-]+)`", text))

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
