"""The tables of the state database, as numbered steps from an empty database to the present one.

One text serves both databases: ``$name`` is a short text that is compared by its bytes, ``$packed`` lets
SQLite keep a table in its primary key, ``$counter`` a key that counts up by itself, ``$number`` 64 bits that
SQLite finds a row by, ``$bytes`` any bytes, ``$now_ms`` is the time of the migration. A step that is released
is never changed: a new one is added.
"""

from dataclasses import dataclass
from string import Template


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the databases."""

    name: str
    packed: str
    counter: str
    number: str
    bytes: str


SQLITE = Dialect("TEXT", " WITHOUT ROWID", "INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER", "BLOB")
POSTGRES = Dialect(
    'TEXT COLLATE "C"', "", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BIGINT", "BYTEA"
)

VERSIONS = "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, applied_at_ms BIGINT NOT NULL)"

_FIRST = """
CREATE TABLE revision (
    article_id $name NOT NULL, topic $name NOT NULL, partition INTEGER NOT NULL, "offset" BIGINT NOT NULL,
    revision BIGINT NOT NULL, claim_ids TEXT NOT NULL, seen_at_ms BIGINT NOT NULL,
    PRIMARY KEY (article_id, topic, partition, "offset"))$packed;
CREATE INDEX revision_seen ON revision (seen_at_ms);
CREATE TABLE outbox (
    stage $name NOT NULL, topic $name NOT NULL, partition INTEGER NOT NULL, "offset" BIGINT NOT NULL,
    digest TEXT NOT NULL, outgoing TEXT NOT NULL,
    PRIMARY KEY (stage, topic, partition, "offset"))$packed;
CREATE TABLE document (
    kind $name NOT NULL, key $name NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key))$packed;
CREATE TABLE link (
    kind $name NOT NULL, link $name NOT NULL, key $name NOT NULL,
    PRIMARY KEY (kind, link, key))$packed
"""

_ROUTES = "ALTER TABLE revision ADD COLUMN routes TEXT NOT NULL DEFAULT '[]'"

_DUE = """
CREATE TABLE due (
    kind $name NOT NULL, key $name NOT NULL, at_ms BIGINT NOT NULL, PRIMARY KEY (kind, key))$packed;
CREATE INDEX due_at ON due (kind, at_ms);
CREATE INDEX link_key ON link (kind, key);
CREATE TABLE waiting (
    number $counter, stage $name NOT NULL, timestamp_ms BIGINT NOT NULL, outgoing TEXT NOT NULL)
"""

# Documents are forgotten some time after they were last written. The time is kept in
# hours: a document that is written over and over seldom moves in the index.
_RETENTION = """
ALTER TABLE document ADD COLUMN written_hour INTEGER NOT NULL DEFAULT 0;
UPDATE document SET written_hour = $now_ms / 3600000;
CREATE INDEX document_written ON document (kind, written_hour)
"""

# What most of the state is: some sixty for each claim. As documents with a text for a key and another in
# the index they took four times as much.
_BUCKETS = """
CREATE TABLE bucket (name $number PRIMARY KEY, body $bytes NOT NULL, written_hour INTEGER NOT NULL);
CREATE INDEX bucket_written ON bucket (written_hour);
DELETE FROM document WHERE kind = 'relation-band'
"""

_STEPS: tuple[str, ...] = (_FIRST, _ROUTES, _DUE, _RETENTION, _BUCKETS)
LATEST = len(_STEPS)


def statements(dialect: Dialect, since: int, now_ms: int) -> list[str]:
    """Return what leads from version ``since`` to the latest one, the entries of the version table too."""
    found: list[str] = []
    for version in range(since + 1, LATEST + 1):
        text = Template(_STEPS[version - 1]).substitute(
            name=dialect.name,
            packed=dialect.packed,
            counter=dialect.counter,
            number=dialect.number,
            bytes=dialect.bytes,
            now_ms=now_ms,
        )
        found += [statement.strip() for statement in text.split(";")]
        found.append(f"INSERT INTO migration VALUES ({version}, {now_ms})")  # noqa: S608  two numbers
    return found


def too_new(version: int) -> str | None:
    """Return what to tell the operator when a newer program has made the database."""
    if version <= LATEST:
        return None
    return (
        f"the state database has schema version {version}, this program knows {LATEST}: "
        "use the newer program or another database"
    )
