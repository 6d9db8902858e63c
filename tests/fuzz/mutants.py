"""Many odd inputs in little time: good ones, spoilt at random, for every function that reads foreign bytes.

Hypothesis (the tests beside) looks for small examples of each law; this asks only that there is an answer and
no exception, some hundred times faster. A seed and a number find an input again:
``python -m tests.fuzz.mutants TARGET SEED NUMBER`` shows it.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.fuzz.fuzzing import ODD_VALUES, messages
from tests.fuzz.test_html import PIECES, assert_text_or_refused
from tests.fuzz.test_rules import LINES, ODD_LINES, assert_rules_or_problems, loaded
from workers.cli.dead_letters import dead_letter_fields, dead_letter_line, read_dead_letter
from workers.domain.outcome import Drop, Record, Reject, RejectReason
from workers.nlp.text import article_text
from workers.topology import Topic
from workers.wire.codec import MAX_DETAIL_BYTES, decode_object, encode_object
from workers.wire.dead_letters import dead_letter_headers
from workers.wire.messages import (
    decode_alert,
    decode_article,
    decode_claim,
    decode_enriched,
    encode_alert,
    encode_claim,
    encode_enriched,
)
from workers.wire.relations import decode_relation, encode_relation

Random = random.Random
TOKENS = (
    b"null", b"true", b"NaN", b"Infinity", b"-0", b"1e999", b"{}", b"[]", b'""', b"\\u0000", b"\\ud800",
    b'"', b"\\", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xf0\x9f\x92\xa5", b"\xef\xbb\xbf", b"9" * 40, b",",
    b":", b"}", b"]", b"/*", b"2024-02-30", b"<b>", b"{{", b"\r\n",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What makes an input, and what must be able to answer it."""

    make: Callable[[Random], Any]
    check: Callable[[Any], None]


def spoil_bytes(chance: Random, value: bytes) -> bytes:
    """Change, cut, double or put in up to five pieces."""
    for _ in range(chance.randint(1, 5)):
        start = chance.randint(0, len(value))
        end = min(len(value), start + chance.choice((0, 1, 1, 2, 8, 64)))
        put = chance.choice((b"", chance.randbytes(1), chance.choice(TOKENS), value[start:end] * 2))
        value = value[:start] + put + value[end:]
    return value


def spoil_message(chance: Random, stem: str) -> bytes:
    """Return a valid message with up to three values replaced or gone; every third time its bytes, too."""
    message = deepcopy(chance.choice(_examples(stem)))
    for _ in range(chance.randint(0, 3)):
        holder = message
        while True:
            places = list(holder) if isinstance(holder, dict) else range(len(holder))
            if not places:
                break
            name = chance.choice(list(places))
            child = holder[name]
            if isinstance(child, dict | list) and child and chance.random() < 0.7:
                holder = child
                continue
            if chance.random() < 0.2:
                del holder[name]
            else:
                holder[name] = deepcopy(chance.choice(ODD_VALUES))
            break
    value = json.dumps(message).encode()
    return spoil_bytes(chance, value) if chance.random() < 0.34 else value


_KNOWN: dict[str, Sequence[Any]] = {}


def _examples(stem: str) -> Sequence[Any]:
    if stem not in _KNOWN:
        _KNOWN[stem] = messages(stem)
    return _KNOWN[stem]


def answered(outcome: object) -> None:
    """A refusal has a detail that a header can hold."""
    if isinstance(outcome, Reject):
        assert 0 < len(outcome.detail.encode("utf-8")) <= MAX_DETAIL_BYTES


def check_article(value: bytes) -> None:
    outcome = decode_article(value, None)
    answered(outcome)
    if not isinstance(outcome, Reject | Drop):
        outcome.article_id.encode("utf-8")


def check_message(decode: Callable[[bytes], Any], encode: Callable[[Any], bytes], value: bytes) -> None:
    outcome = decode(value)
    answered(outcome)
    if not isinstance(outcome, Reject):
        written = encode(outcome)
        assert encode(decode(written)) == written


def check_json(value: bytes) -> None:
    outcome = decode_object(value, max_bytes=100_000)
    answered(outcome)
    if not isinstance(outcome, Reject):
        assert decode_object(encode_object(outcome), max_bytes=1_000_000) == outcome


def make_record(chance: Random) -> Record:
    """Return a record with odd headers; every second one is a dead letter with some of them spoilt."""
    names = (
        "dlq-topic",
        "dlq-offset",
        "dlq-reason",
        "dlq-replays",
        "dlq-attempts",
        "dlq-",
        "traceparent",
        "",
    )
    headers = tuple(
        (chance.choice(names), chance.choice((chance.randbytes(4), chance.choice(TOKENS), b"")))
        for _ in range(chance.randint(0, 4))
    )
    record = Record(
        "news.article-raw.v1",
        chance.randint(0, 2**31 - 1),
        chance.randint(0, 2**63 - 1),
        chance.randint(-1, 2**63 - 1),
        chance.choice((None, chance.randbytes(6))),
        chance.choice((None, chance.randbytes(6))),
        headers,
    )
    if chance.random() < 0.5:
        return record
    detail = chance.randbytes(20).decode("latin-1") * chance.choice((1, 200))
    reject = Reject(chance.choice(list(RejectReason)), detail)
    written = dead_letter_headers(record, "enrich-articles", reject, "0.1.0")
    spoilt = [(name, spoil_bytes(chance, raw) if chance.random() < 0.2 else raw) for name, raw in written]
    return Record(
        record.topic + ".dlq", 0, record.offset, record.timestamp_ms, record.key, record.value, tuple(spoilt)
    )


def check_record(record: Record) -> None:
    letter = read_dead_letter(record)
    assert "\n" not in dead_letter_line(letter).plain
    encode_object(dead_letter_fields(letter))


def make_page(chance: Random) -> str:
    """Return pieces of HTML in any order, with some bytes of them spoilt."""
    page = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 30)))
    if chance.random() < 0.3:
        page = spoil_bytes(chance, page.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
    return page


def make_rules(chance: Random) -> str:
    """Return the shipped rules around one spoilt place, cut short so that a thousand take seconds."""
    start = chance.randrange(len(LINES))
    lines = LINES[: 1 + start % 60]
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(lines))
        odd = chance.choice(ODD_LINES)
        lines[place : place + chance.randint(0, 1)] = [" " * chance.randint(0, 8) + odd]
    return "\n".join(lines)


TARGETS: dict[str, Target] = {
    "raw article": Target(lambda chance: spoil_message(chance, Topic.ARTICLE_RAW.schema), check_article),
    "enriched article": Target(
        lambda chance: spoil_message(chance, Topic.ARTICLE_ENRICHED.schema),
        partial(check_message, decode_enriched, encode_enriched),
    ),
    "claim": Target(
        lambda chance: spoil_message(chance, Topic.CLAIM.schema),
        partial(check_message, decode_claim, encode_claim),
    ),
    "relation": Target(
        lambda chance: spoil_message(chance, Topic.CLAIM_RELATION.schema),
        partial(check_message, decode_relation, encode_relation),
    ),
    "alert": Target(
        lambda chance: spoil_message(chance, Topic.ALERT.schema),
        partial(check_message, decode_alert, lambda alert: encode_alert(alert)[0]),
    ),
    "json": Target(
        lambda chance: spoil_message(chance, Topic.CLAIM.schema)[: chance.randint(1, 300)], check_json
    ),
    "record": Target(make_record, check_record),
    "page": Target(make_page, lambda page: assert_text_or_refused(article_text(page, "text/html"))),
    "rules": Target(make_rules, lambda text: assert_rules_or_problems(loaded(text))),
}


class CrashError(AssertionError):
    """An input that was not answered; says how to see it again."""


def input_of(name: str, seed: int, number: int) -> Any:
    """Return input ``number`` of a run; each depends on its number alone."""
    return TARGETS[name].make(Random(f"{name} {seed} {number}"))


def strike(name: str, seed: int, count: int, seconds: float = float("inf")) -> int:
    """Give ``count`` inputs to a target, fewer if the time is up; return how many. Raises ``CrashError``."""
    ends = time.monotonic() + seconds
    for number in range(count):
        made = input_of(name, seed, number)
        try:
            TARGETS[name].check(made)
        except Exception as error:  # whatever it is, it is found
            again = f"python -m tests.fuzz.mutants {name!r} {seed} {number}"
            raise CrashError(f"{type(error).__name__}: {error}\n{again}\n{made!r:.2000}") from error
        if time.monotonic() > ends:
            return number + 1
    return count


if __name__ == "__main__":
    print(repr(input_of(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
