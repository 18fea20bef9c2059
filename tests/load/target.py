"""What the load is put on: a local stack of its own, whole or with the functions on a fast table, or one that runs already."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STACK = ROOT / "infra" / "local" / "stack.py"
HOST = "127.0.0.1"
# The local cloud's port, one that is left to it, four of stand-ins, and those of the fast table and of the gateway before its functions.
PORTS = 8
TABLE_BEHIND, GATEWAY_BEHIND = 6, 7


@dataclass(frozen=True)
class Target:
    """Where the API is, and where the mail is kept."""

    api_url: str
    cloud_endpoint: str
    # Where the fast table tells how long its calls took, if it is the fast one.
    calls_url: str | None = None

    @classmethod
    def of(cls, outputs: Path) -> Target:
        read = json.loads(outputs.read_text())
        return cls(read["ApiUrl"], read["CloudEndpoint"])


@contextmanager
def local_stack(prebuilt: Path | None, port: int, further: dict[str, str] | None = None) -> Iterator[Path]:
    """A stack of our own on this port and those behind it, ended afterwards: its outputs."""
    outputs = ROOT / ".local" / f"load-{port}.json"
    built = ["--prebuilt", str(prebuilt.resolve())] if prebuilt else []
    environment = os.environ | (further or {})
    try:
        run(environment, "start", "--port", str(port), "--outputs", str(outputs), *built)
        yield outputs
    finally:
        run(environment, "stop", "--port", str(port))
        outputs.unlink(missing_ok=True)


@contextmanager
def whole_stack(prebuilt: Path | None) -> Iterator[Target]:
    """The local stack as `make start` has it. With `MEMORY_APP_OUTPUTS`, that of this file, which goes on running."""
    if running := os.environ.get("MEMORY_APP_OUTPUTS"):
        yield Target.of(Path(running))
        return
    with local_stack(prebuilt, free_ports()) as outputs:
        yield Target.of(outputs)


def run(environment: dict[str, str], *arguments: str) -> None:
    """One command of the local stack."""
    subprocess.run([sys.executable, str(STACK), *arguments], cwd=ROOT, env=environment, check=True)


def free_ports() -> int:
    """The first of as many ports as a stack takes, all free."""
    for _ in range(100):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            first = probe.getsockname()[1]
        if first + PORTS <= 65536 and all(is_free(port) for port in range(first, first + PORTS)):
            return first
    raise RuntimeError(f"there are no {PORTS} free ports in a row")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
