"""WhatsApp's side of a stack on this machine: the tests' strict stand-in for Meta's Graph API, beside the local cloud.

Nobody is written to: what the product says is in its outbox.
"""

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

from cloud import HOST, Cloud
from process import Process, tail
from toolbox import fail, say

SECONDS_TO_START = 15
# Behind the local cloud's own port, and one that is left to it.
PORTS_BEHIND = 2
# What the stand-in knows of itself: an app, its token, and the number that everybody shares.
APP_ID = "123456789"
ACCESS_TOKEN = "EAAG-test-token"
PHONE_NUMBER_ID = "700800900100200"
PHONE_NUMBER = "+4915550001111"


@dataclass(frozen=True)
class Graph:
    """The stand-in of one local cloud."""

    cloud: Cloud

    @property
    def port(self) -> int:
        return self.cloud.port + PORTS_BEHIND

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def program(self) -> Path:
        """A copy, so that building again does not touch the one that runs."""
        return self.cloud.home / "graph"

    @property
    def process(self) -> Process:
        return Process(self.cloud.home / "graph-process")

    def parameters(self) -> list[str]:
        """The template's parameters that send the product here."""
        return [
            f"WhatsAppBaseUrl={self.endpoint}", f"WhatsAppAppId={APP_ID}", f"WhatsAppAccessToken={ACCESS_TOKEN}",
            f"WhatsAppPhoneNumberId={PHONE_NUMBER_ID}", f"WhatsAppPhoneNumber={PHONE_NUMBER}",
        ]

    def start(self, built: Path) -> None:
        """Starts it unless it runs already as it was built last, and returns once it answers."""
        source = built / "graph"
        if not source.is_file():
            self.stop()
            return say(f"there is no built stand-in for the Graph API in {built}: WhatsApp is not answered")
        built_at = source.stat().st_mtime_ns
        is_same = self.program.exists() and self.program.stat().st_mtime_ns == built_at
        if is_same and self.process.id() is not None:
            return
        self.stop()
        with socket.socket() as probe:
            if probe.connect_ex((HOST, self.port)) == 0:
                fail(f"Port {self.port} is in use by another program. Choose others: MEMORY_APP_PORT=4600 make start")
        shutil.copyfile(source, self.program)
        self.program.chmod(0o755)
        os.utime(self.program, ns=(built_at, built_at))
        log = self.cloud.home / "graph.log"
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
                with urllib.request.urlopen(f"{self.endpoint}/_fake/outbox", timeout=2):
                    return
            except urllib.error.HTTPError:
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        fail(f"{tail(log)}\nThe stand-in for the Graph API did not start; its log is {log}.")

    def stop(self) -> None:
        """Ends it, if it runs. Only its log stays."""
        self.process.end()
        self.program.unlink(missing_ok=True)
