"""A disk that can be filled: a small file system of its own, which takes a machine that lets us mount one."""

import errno
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

_CHUNK = bytes(65_536)


def why_no_small_disk() -> str | None:
    """Return why there can be none here, or ``None``."""
    return None if os.geteuid() == 0 and Path("/bin/mount").exists() else "mounting needs root"


class SmallDisk:
    """``with SmallDisk(folder, 64) as disk``: ``folder`` holds 64 MB."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._options = f"size={megabytes}m,mode=700"
        self._filler = folder / "filler"

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        command = ["/bin/mount", "-t", "tmpfs", "-o", self._options, "tmpfs", str(self._folder)]
        subprocess.run(command, check=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(["/bin/umount", "--lazy", str(self._folder)], check=True)

    def fill(self) -> None:
        """Leave not a byte."""
        with self._filler.open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(_CHUNK)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink()
