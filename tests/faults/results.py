"""What came of fault runs: a line of JSON each, so that several sessions add up."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

BROKE = "the run itself broke"


@dataclass(frozen=True, slots=True)
class Result:
    """One run; ``lost``, ``differing``, ``alerts_doubled`` and ``other`` name what was found."""

    seed: int
    profile: str
    faults: tuple[str, ...]
    records: int
    lost: tuple[str, ...]
    differing: tuple[str, ...]
    alerts_doubled: tuple[str, ...]
    other: tuple[str, ...]
    repeats: int
    exits: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.differing or self.alerts_doubled or self.other)

    @property
    def broke(self) -> bool:
        """Whether it came to no judgement."""
        return any(told.startswith(BROKE) for told in self.other)

    def line(self) -> str:
        """Return one row of a table for people."""
        cells = (self.seed, self.profile, ", ".join(self.faults), self.records, self.repeats)
        found = "".join(
            f" {name} {len(names)}: {', '.join(names[:3])}"
            for name in ("lost", "differing", "alerts_doubled", "other")
            if (names := getattr(self, name))
        )
        verdict = "ok" if self.ok else found.strip()
        return (
            f"| {' | '.join(map(str, cells))} | {self.exits or 'none'} | {self.seconds:.0f} s | {verdict} |"
        )


def append(log: Path, result: Result) -> None:
    """Add ``result`` to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


def read(log: Path) -> list[Result]:
    """Return what the log holds; a log that is not there holds nothing."""
    if not log.exists():
        return []
    return [_result(json.loads(line)) for line in log.read_text("utf-8").splitlines() if line]


def latest(results: Iterable[Result]) -> list[Result]:
    """Return the last judgement on every seed: a seed that found something is run again when it is mended."""
    return sorted(
        {result.seed: result for result in results if not result.broke}.values(), key=lambda each: each.seed
    )


def summary(results: Sequence[Result]) -> str:
    """Return the one line that every series ends with."""
    counts = (
        f"{name} {sum(len(getattr(result, name)) for result in results)}"
        for name in ("lost", "differing", "alerts_doubled")
    )
    return f"runs {len(results)} records {sum(result.records for result in results)} {' '.join(counts)}"


def all_ok(results: Iterable[Result]) -> bool:
    """Whether there are results, and every one kept every promise."""
    each = [result.ok for result in results]
    return bool(each) and all(each)


def _result(fields: dict[str, object]) -> Result:
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return Result(**{**fields, **lists})  # type: ignore[arg-type]
