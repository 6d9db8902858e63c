"""How much a state database holds, table by table and kind by kind."""

from workers.state.sql import Sql
from workers.state.store import Held

_TABLES = (
    (
        "revision",
        "'revision'",
        "length(article_id) + length(topic) + length(claim_ids) + length(routes) + 24",
    ),
    (
        "outbox",
        "'outbox ' || stage",
        "length(stage) + length(topic) + length(digest) + length(outgoing) + 12",
    ),
    ("document", "kind", "length(kind) + length(key) + length(body)"),
    ("link", "'link ' || kind", "length(kind) + length(link) + length(key)"),
    ("due", "'due ' || kind", "length(kind) + length(key) + 8"),
    ("waiting", "'waiting ' || stage", "length(stage) + length(outgoing) + 16"),
    ("bucket", "'bucket'", "length(body) + 12"),
)


def held(sql: Sql) -> tuple[Held, ...]:
    """Return how much there is of everything; reads the whole database."""
    found = []
    for table, name, size in _TABLES:
        query = f"SELECT {name} AS name, count(*), sum({size}) FROM {table} GROUP BY 1 ORDER BY 1"  # noqa: S608  constants
        found += [Held(kind, rows, int(size)) for kind, rows, size in sql.rows(query)]
    return tuple(found)
