"""Puts the schemas, the pipeline, the rules and the Kafka pom into the wheel, and only into a real one.

An editable install reads them from the checkout; copies of them would grow old there.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShippedData(BuildHookInterface[Any]):
    """Adds what ``[tool.hatch.build.targets.wheel.hooks.custom.data]`` lists: source = place in the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; ``version`` is ``standard`` for a wheel and ``editable`` for a checkout."""
        if version != "standard":
            return
        data: dict[str, str] = self.config["data"]
        missing = [source for source in data if not Path(self.root, source).exists()]
        if missing:
            raise SystemExit(f"this checkout lacks {', '.join(missing)}: no wheel without it")
        build_data["force_include"].update(data)
