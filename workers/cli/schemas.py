"""``claimwire schemas check``: the contract against itself and against the released one."""

import typer

from workers.cli.errors import CliError
from workers.wire.contract import contract_problems, examples
from workers.wire.schema import STEMS
from workers.wire.topics import load_topics

app = typer.Typer(no_args_is_help=True, help="Check the contract: schemas, examples, breaking changes.")


@app.callback()
def _group() -> None:
    """Check the contract: schemas, examples, breaking changes."""


@app.command()
def check() -> None:
    """Judge every example by its schema, topics.yaml by the code, and all by the released copies.

    A change that would break a reader or a writer is one line, and makes the exit code 1.
    """
    problems = contract_problems()
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise CliError(f"{len(problems)} problems in the contract")
    count = sum(len(examples(stem, kind)) for stem in STEMS for kind in ("valid", "invalid"))
    typer.echo(f"{len(STEMS)} schemas, {count} examples, {len(load_topics())} topics: good, nothing breaks.")
