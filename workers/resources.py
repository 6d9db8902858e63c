"""Where the files that ship with claimwire are: schemas, the trained pipeline, rules, samples.

A wheel carries them in ``workers/_data``; a checkout has them at its top level.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_WHEEL_DATA = _PACKAGE / "_data"


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, for example ``resource("schemas", "topics.yaml")``.

    Raises ``FileNotFoundError`` naming the missing resource: an installation without it is broken.
    """
    for root in (_WHEEL_DATA, _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"claimwire is installed without its {'/'.join(parts)}")
