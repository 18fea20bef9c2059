"""A program of the tests that stands in for somebody outside, beside the local cloud."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from cloud import HOST, Cloud
from process import Process, tail
from toolbox import fail, say

SECONDS_TO_START = 15


@dataclass(frozen=True)
class StandIn:
    """The stand-in of one local cloud."""

    cloud: Cloud

    # The program's name, whom it plays, how many ports it takes, and where they begin behind the local cloud's own.
    name: ClassVar[str]
    plays: ClassVar[str]
    ports: ClassVar[int] = 1
    ports_behind: ClassVar[int]
    # What it answers when it is up.
    ready: ClassVar[str]

    @property
    def port(self) -> int:
        return self.cloud.port + self.ports_behind

    @property
    def endpoint(self) -> str:
        return self.endpoint_at(0)

    def endpoint_at(self, place: int) -> str:
        """The address at one of its ports."""
        return f"http://{HOST}:{self.port + place}"

    @property
    def program(self) -> Path:
        """A copy, so that building again does not touch the one that runs."""
        return self.cloud.home / self.name

    @property
    def process(self) -> Process:
        return Process(self.cloud.home / f"{self.name}-process")

    def start(self, built: Path) -> None:
        """Starts it unless it runs already as it was built last, and returns once it answers."""
        source = built / self.name
        if not source.is_file():
            self.stop()
            return say(f"there is no built stand-in for {self.plays} in {built}: it does not answer")
        built_at = source.stat().st_mtime_ns
        is_same = self.program.exists() and self.program.stat().st_mtime_ns == built_at
        if is_same and self.process.id() is not None:
            return
        self.stop()
        for port in range(self.port, self.port + self.ports):
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    fail(f"Port {port} is in use by another program. Choose others: MEMORY_APP_PORT=4600 make start")
        shutil.copyfile(source, self.program)
        self.program.chmod(0o755)
        os.utime(self.program, ns=(built_at, built_at))
        log = self.cloud.home / f"{self.name}.log"
        command = [
            sys.executable, Path(__file__).with_name("process.py"), self.process.lock, self.program, "--port", str(self.port),
        ]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=self.cloud.home, env={"PATH": os.environ.get("PATH", os.defpath)},
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
        self.wait_until_ready(process, log)

    def wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        """Waits for any answer; a process that died meanwhile is reported with the end of its log."""
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.endpoint_at(self.ports - 1)}{self.ready}", timeout=2):
                    return
            except urllib.error.HTTPError:
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        fail(f"{tail(log)}\nThe stand-in for {self.plays} did not start; its log is {log}.")

    def stop(self) -> None:
        """Ends it, if it runs. Only its log stays."""
        self.process.end()
        self.program.unlink(missing_ok=True)
