"""Commands that are imported when they are run: ``claimwire --help`` must not load spaCy, Faust or Kafka."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup


class Deferred(TyperCommand):
    """Stands in the list of commands with its name and help; hands over to the real one when it is run."""

    def __init__(self, name: str, target: str, help_line: str) -> None:
        super().__init__(name, callback=None, help=help_line, short_help=help_line)
        self._target = target

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Import the real command and let it read ``args``; what the context belongs to is then run."""
        return _load(str(self.name), self._target).make_context(info_name, args, parent, **extra)


class LazyGroup(TyperGroup):
    """A group whose commands come from a table; ``table`` maps names to ``module:attribute`` and help."""

    table: Mapping[str, tuple[str, str]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the stand-in, or ``None`` for an unknown name."""
        if cmd_name not in self.table:
            return None
        return Deferred(cmd_name, *self.table[cmd_name])


def _load(name: str, target: str) -> TyperCommand | TyperGroup:
    """Return ``module:attribute`` as a command; the attribute is one, or a function, or a Typer app."""
    module, _, attribute = target.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, TyperCommand):
        return found
    holder = typer.Typer(add_completion=False)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return cast(TyperCommand | TyperGroup, typer.main.get_group(holder).commands[name])
