"""What goes wrong for reasons outside of claimwire."""


class CliError(Exception):
    """The input or the world was bad; the message is one line for the person at the terminal. Exit code 1."""
