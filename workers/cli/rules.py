"""``claimwire rules check|test``: is a rules file good, and do its own tests hold?"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from workers.alerting.loading import BadRules, load_rules
from workers.alerting.rules import RuleSet
from workers.alerting.trials import run_trials

app = typer.Typer(help="Check and test rules files.", no_args_is_help=True)
Files = Annotated[list[Path], typer.Argument(help="Rules files (YAML).", show_default=False)]


def read_rules(path: Path) -> RuleSet | BadRules:
    """Load a rules file with the watch-lists that lie beside it."""
    return load_rules(path.name, _reader(path.parent))


@app.command()
def check(files: Files) -> None:
    """Read each file strictly; print each problem as FILE:LINE: KEY: what is wrong."""
    good = [_checked(path) is not None for path in files]
    raise typer.Exit(0 if all(good) else 1)


@app.command()
def test(files: Files) -> None:
    """Run the tests that stand in each file; a rule without any is named, and is a failure."""
    good = [_tested(path) for path in files]
    raise typer.Exit(0 if all(good) else 1)


def _checked(path: Path) -> RuleSet | None:
    rules = read_rules(path)
    if isinstance(rules, BadRules):
        for problem in rules.problems:
            place = path.parent / problem.file
            typer.echo(f"{place}:{problem.line}: {problem.key}: {problem.message}", err=True)
        return None
    typer.echo(f"{path}: {_count(len(rules.rules), 'rule')}, good")
    return rules


def _tested(path: Path) -> bool:
    rules = _checked(path)
    if rules is None:
        return False
    results = run_trials(rules)
    failed = [result for result in results if result.failure is not None]
    for result in failed:
        place = f"{path}:{result.trial.line}"
        typer.echo(f"{place}: {result.rule_id}: {result.trial.name}: {result.failure}", err=True)
    untested = [rule for rule in rules.rules if not rule.trials]
    for rule in untested:
        typer.echo(f"{path}:{rule.line}: {rule.id}: has no tests", err=True)
    typer.echo(f"{path}: {_count(len(results), 'test')}, {len(failed)} failed")
    return not failed and not untested


def _reader(folder: Path) -> Callable[[str], str | None]:
    def read(name: str) -> str | None:
        path = folder / name
        try:
            return path.read_text("utf-8", "surrogateescape")
        except OSError:
            return None

    return read


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
