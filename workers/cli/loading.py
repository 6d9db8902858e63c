"""The settings of a command, out of the environment."""

import os
from collections.abc import Mapping

from workers.cli.errors import CliError
from workers.settings import Settings, SettingsError, load_settings


def settings_of(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings; a bad one ends the command with one line that names the variable."""
    try:
        return load_settings(environment)
    except SettingsError as error:
        raise CliError(str(error)) from None
