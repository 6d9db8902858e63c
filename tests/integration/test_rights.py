"""Least privilege on a real Kafka that checks rights: each role can do its work, and nothing else."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.protected import Protected
from tests.support.stack import Worker
from workers.agents.preflight import Needs, PreflightError, wait_for_broker
from workers.settings import load_settings
from workers.topology import STAGES, Topic
from workers.wire.acls import Grant, Role, role_grants, worker_grants
from workers.wire.topics import load_topics

pytestmark = pytest.mark.kafka
GROUP = "claimwire"
NEEDED = sorted(worker_grants(STAGES, GROUP))
ARTICLE = {
    "article_id": "rights-1",
    "url": "https://example.org/rights-1",
    "publisher": "example.org",
    "title": "Harbour stays closed",
    "body": "The harbour will stay closed until Friday, Minister Ada Holt said on Monday.",
    "content_type": "text/plain",
    "language": "en",
    "published_at": "2026-03-02T12:00:00Z",
    "revision": 1,
    "status": "usable",
}


def claimwire(kafka: Protected, user: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as ``user``."""
    return subprocess.run(
        [sys.executable, "-m", "workers.cli.main", *arguments],
        env={**os.environ, **kafka.user(user), "CLAIMWIRE_BROKER": kafka.sasl},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def give_each_role_its_rights(kafka: Protected, group: str) -> None:
    """Do it with the command that the documentation names, for users named as the roles."""
    users = [word for role in Role for word in ("--user", f"{role}={role}")]
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "topics", "acls", "--apply", "--group", group, *users],
        env={**os.environ, "CLAIMWIRE_BROKER": kafka.plain},
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    expected = sum(len(role_grants(role, load_topics(), group, "claimwire-forward")) for role in Role)
    assert f"given: {expected} rights" in done.stderr


@pytest.mark.parametrize("missing", NEEDED, ids=str)
def test_a_worker_that_lacks_one_right_says_which(protected: Protected, missing: Grant) -> None:
    protected.allow("worker", [grant for grant in NEEDED if grant != missing])
    settings = load_settings({**protected.user("worker"), "CLAIMWIRE_BROKER": protected.sasl})
    needs = Needs(settings.broker_addresses, settings, GROUP, STAGES)

    with pytest.raises(PreflightError) as refused:
        asyncio.run(wait_for_broker(needs, 60, time.monotonic))

    said = str(refused.value)
    assert (
        f"lacks rights: {missing};" in said
        or f"missing topics (or hidden from this user): {missing.name};" in said
    )
    assert "claimwire topics" in said


@pytest.mark.slow
@pytest.mark.model
def test_every_role_does_its_work_with_its_rights_alone(protected: Protected, tmp_path: Path) -> None:
    for role in Role:
        protected.allow(role, ())
    group = f"test-{tmp_path.name}"
    give_each_role_its_rights(protected, group)
    articles = tmp_path / "articles.jsonl"
    broken = {**ARTICLE, "article_id": "rights-2", "published_at": "yesterday"}
    articles.write_text("".join(json.dumps(article) + "\n" for article in (ARTICLE, broken)))

    worker = Worker(protected.sasl, tmp_path, "worker", protected.user("worker"))
    try:
        worker.wait_until_ready(150)
        published = claimwire(protected, "publisher", "feed", str(articles))
        assert published.returncode == 0, published.stderr
        claim = claimwire(protected, "reader", "watch", "claims", "--since", "all", "--json", "--limit", "1")
        assert claim.returncode == 0, claim.stderr
        assert json.loads(claim.stdout)["article_id"] == "rights-1"
        letters = claimwire(protected, "operator", "dlq", "list")
        assert letters.returncode == 0, letters.stderr
        assert f"{Topic.ARTICLE_RAW.dlq}:" in letters.stdout
        assert "bad-date" in letters.stdout
        assert worker.process.poll() is None
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("reader", ("feed", "ARTICLES")),
        ("worker", ("feed", "ARTICLES")),
        ("publisher", ("watch", "claims", "--since", "all", "--limit", "1")),
        ("reader", ("topics", "create", "--replication-factor", "1")),
        ("operator", ("watch", "claims", "--since", "all", "--limit", "1")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_role_may_not_do_the_work_of_another(
    protected: Protected, tmp_path: Path, user: str, command: tuple[str, ...]
) -> None:
    for role in Role:
        protected.allow(role, role_grants(role, load_topics(), GROUP, "claimwire-forward"))
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps(ARTICLE) + "\n")

    done = claimwire(protected, user, *(str(articles) if word == "ARTICLES" else word for word in command))

    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    assert (
        "uthoriz" in done.stderr or "does not allow it" in done.stderr or "there is no topic" in done.stderr
    )
    assert done.stderr.splitlines()[-1].startswith("claimwire: ")
    assert "Traceback" not in done.stderr
