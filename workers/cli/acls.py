"""``claimwire topics acls``: the rights that each user of the topics needs, printed or given."""

import shlex
from typing import Annotated, Any

import typer
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
)
from kafka.errors import KafkaError, SecurityDisabledError

from workers.cli.errors import CliError
from workers.cli.kafka import DEFAULT_BOOTSTRAP, Bootstrap, admin
from workers.wire.acls import ROLE_SUMMARIES, Grant, Role, role_grants
from workers.wire.topics import load_topics

_ROLES = ", ".join(f"{role} ({summary})" for role, summary in ROLE_SUMMARIES.items())


def acls(
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
    roles: Annotated[
        list[Role] | None, typer.Option("--role", help=f"Only these: {_ROLES}.", show_default=False)
    ] = None,
    user: Annotated[
        list[str] | None,
        typer.Option("--user", metavar="ROLE=NAME", help="A role's Kafka user; else claimwire-ROLE."),
    ] = None,
    group: Annotated[
        str, typer.Option("--group", envvar="CLAIMWIRE_APP_ID", help="The worker's consumer group.")
    ] = "claimwire",
    forward_group: Annotated[
        str,
        typer.Option("--forward-group", envvar="CLAIMWIRE_FORWARD_GROUP", help="The forwarder's group."),
    ] = "claimwire-forward",
    commands: Annotated[bool, typer.Option("--commands", help="Print lines for kafka-acls.sh.")] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Give the rights to the users, on the broker.")
    ] = False,
) -> None:
    """Print who needs which rights, and no more; nothing is changed without --apply.

    Example: claimwire topics acls --role worker --user worker=claims-production
    """
    users = _users(user or [])
    topics = load_topics()
    wanted = [
        (role, f"User:{users[role]}", grant)
        for role in roles or Role
        for grant in role_grants(role, topics, group, forward_group)
    ]
    for role, principal, grant in wanted:
        typer.echo(_command(bootstrap, principal, grant) if commands else f"{role:<10}{principal}  {grant}")
    if apply:
        with admin(bootstrap) as client:
            _give(client, [(principal, grant) for _, principal, grant in wanted])
        typer.echo(f"given: {len(wanted)} rights", err=True)


def _users(given: list[str]) -> dict[Role, str]:
    users = {role: f"claimwire-{role}" for role in Role}
    for text in given:
        role, _, name = text.partition("=")
        if role not in set(Role) or not name:
            raise typer.BadParameter(f"--user is ROLE=NAME with a role of {', '.join(Role)}; not {text!r}")
        users[Role(role)] = name
    return users


def _command(bootstrap: str, principal: str, grant: Grant) -> str:
    words = ["kafka-acls.sh", "--bootstrap-server", bootstrap, "--add", "--allow-principal", principal]
    words += ["--operation", str(grant.operation), f"--{grant.kind.lower()}", grant.name]
    return shlex.join(words)


def _give(client: Any, wanted: list[tuple[str, Grant]]) -> None:
    """Give them all; one that is there already stays."""
    made = [
        ACL(
            principal,
            "*",
            ACLOperation[grant.operation],
            ACLPermissionType.ALLOW,
            ResourcePattern(ResourceType[grant.kind], grant.name, ACLResourcePatternType.LITERAL),
        )
        for principal, grant in wanted
    ]
    failed: list[tuple[Any, KafkaError]] = client.create_acls(made)["failed"]
    if failed:
        _, error = failed[0]
        if isinstance(error, SecurityDisabledError):
            raise CliError("this broker checks no rights: set authorizer.class.name on it first")
        raise CliError(f"the broker refuses {len(failed)} of {len(made)} rights: {error}")
