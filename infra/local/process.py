"""A program that runs on after its starter: it holds a lock on a file for as long as it lives, and is found again by it.

The lock, not the id in the file, says whether it runs: ids are reused, locks end with their process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from toolbox import fail

SECONDS_TO_STOP = 15


@dataclass(frozen=True)
class Process:
    """What holds this lock, if anything does."""

    lock: Path

    def id(self) -> int | None:
        """Its process id, or nothing if it does not run."""
        try:
            with self.lock.open() as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(lock.read())
        except (FileNotFoundError, ValueError):
            pass
        return None

    def end(self) -> bool:
        """Ends its process group. False if it was not running."""
        process = self.id()
        if process is None:
            return False
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process, signal_number)
            deadline = time.monotonic() + SECONDS_TO_STOP
            while time.monotonic() < deadline:
                if self.id() is None:
                    return True
                time.sleep(0.05)
        fail(f"What holds {self.lock} (process {process}) cannot be stopped.")


def hold(lock: Path) -> int:
    """Holds `lock` for as long as this process lives, and writes the process id into it. Returns the open file."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def tail(path: Path, lines: int = 20) -> str:
    """The end of a log."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""


def main() -> None:
    """`process.py LOCK PROGRAM …`: becomes the program, and goes on to hold the lock as it."""
    os.set_inheritable(hold(Path(sys.argv[1])), True)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
