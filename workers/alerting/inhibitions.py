"""The ``inhibit`` part of a rules file, and matchers as people write them."""

import re

from workers.alerting.expressions import ExpressionError
from workers.alerting.muting import Inhibition, Matcher, Operator, matcher
from workers.alerting.strict_yaml import Place

_FORM = re.compile(r'\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*(?:"([^"]*)"|([^"]*?))\s*')


def parse_matcher(text: str) -> Matcher | str:
    """Read ``severity="info"`` or ``rule=~"figure-.*"``, quoted or not, or say what is wrong."""
    found = _FORM.fullmatch(text)
    if found is None:
        return f'{text!r} is no matcher; write label="value", with = != =~ or !~'
    label, operator, quoted, bare = found.groups()
    try:
        return matcher(label, Operator(operator), bare if quoted is None else quoted)
    except ExpressionError as error:
        return f"{text!r}: {error}"


def read_inhibitions(place: Place) -> tuple[Inhibition, ...]:
    """Read the list under ``inhibit``: ``source`` and ``target`` matchers, labels that must be ``equal``."""
    return tuple(_inhibition(item) for item in place.items())


def _inhibition(place: Place) -> Inhibition:
    keys = place.keys()
    inhibition = Inhibition(
        keys.take("source", _matchers),
        keys.take("target", _matchers),
        keys.take("equal", lambda each: tuple(item.text() for item in each.items()), ()),
    )
    keys.finish("source, target, equal")
    return inhibition


def _matchers(place: Place) -> tuple[Matcher, ...]:
    found: list[Matcher] = []
    for item in place.items():
        read = parse_matcher(item.text())
        if isinstance(read, str):
            raise item.error(read)
        found.append(read)
    if not found:
        raise place.error("needs a matcher: an empty list would match every alert")
    return tuple(found)
