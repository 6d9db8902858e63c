"""Text from anywhere, made harmless for a page: no markup, no hidden control, no link that runs."""

from html import escape
from urllib.parse import urlsplit

from workers.cli.render.words import is_unseen


def shown(text: str) -> str:
    """Return ``text`` escaped for a page; a control character appears as its code in a box.

    A right-to-left override, for example, is shown as U+202E instead of turning what follows around.
    """
    flat = text.replace("\r\n", "\n").replace("\r", "\n")
    if not any(is_unseen(character) for character in flat):
        return escape(flat)
    return "".join(
        f'<span class="ctl">U+{ord(character):04X}</span>' if is_unseen(character) else escape(character)
        for character in flat
    )


def attribute(text: str) -> str:
    """Return ``text`` escaped for a quoted attribute, without control characters."""
    return escape("".join(character for character in text if not is_unseen(character)))


def web_link(url: str | None) -> str | None:
    """Return ``url`` when it is a web address; ``javascript:`` and its like are none."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None
