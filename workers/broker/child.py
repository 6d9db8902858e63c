"""Runs a command that must not outlive the process that started it.

``python child.py PARENT_PID COMMAND…`` asks Linux for SIGKILL at the parent's death, then becomes COMMAND.
Being a program of its own it needs no ``preexec_fn``, which is unsafe in a process with threads, and it
imports nothing of this package. Linux watches the *thread* that started the child: use one that stays.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent_pid: int) -> None:
    """Ask for SIGKILL at the parent's death; end at once when it has died before. Only Linux can."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        sys.exit(1)


def bound_to_this_process(command: Sequence[str]) -> list[str]:
    """Return the command line that runs ``command`` as a child which dies with this process."""
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(os.getpid()), *command]


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - becoming the given command is this program's purpose
