"""The local cloud as a process: started detached, found again by its lock, ended with its functions."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from process import Process, tail
from toolbox import LOCAL, REGION, fail, say, tool, tool_environment

HOST = "127.0.0.1"
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Cloud:
    """One local cloud: a port, and the folder of everything that belongs to it."""

    port: int

    @property
    def home(self) -> Path:
        return LOCAL / "stacks" / str(self.port)

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def app(self) -> Path:
        """The template and the functions, as they are deployed."""
        return self.home / "app"

    @property
    def scratch(self) -> Path:
        """Where the cloud unpacks every version of every function."""
        return self.home / "tmp"

    @property
    def log(self) -> Path:
        return self.home / "cloud.log"

    @property
    def deployed(self) -> Path:
        """What was last deployed into the running cloud. A cloud that starts is empty, so starting removes it."""
        return self.home / "deployed"

    def credentials(self) -> dict[str, str]:
        """The account's root user, for tools and tests. The functions get their own roles."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    @property
    def process(self) -> Process:
        return Process(self.home / "process")

    def start(self) -> None:
        """Starts the cloud unless it runs already, and returns once it answers."""
        if self.process.id() is not None:
            return self.wait_until_ready(None)
        with socket.socket() as probe:
            if probe.connect_ex((HOST, self.port)) == 0:
                fail(f"Port {self.port} is in use by another program. Choose one: MEMORY_APP_PORT=4600 make start")
        say(f"starting the local cloud on {self.endpoint}")
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        self.deployed.unlink(missing_ok=True)
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [tool("python"), Path(__file__).with_name("launcher.py"), self.process.lock],
                cwd=self.home, env=self.settings(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )
        self.wait_until_ready(process)

    def settings(self) -> dict[str, str]:
        """Everything the cloud knows of the machine. Functions inherit it, so nothing of the developer's is in it."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.scratch),
            "TMPDIR": str(self.scratch),
            "LANG": "C.UTF-8",
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "AUTH": "true",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            # MiniStack would tidy up containers; the developer's are none of its business.
            "DOCKER_HOST": "unix:///nonexistent",
            # Where functions that count what they run, for `make coverage`, leave their counts.
            **{name: os.environ[name] for name in ("LLVM_PROFILE_FILE",) if name in os.environ},
            **self.credentials(),
            # Where functions call AWS: here, unless something stands between, such as the fast table of `make load`.
            "AWS_ENDPOINT_URL": os.environ.get("MEMORY_APP_FUNCTIONS_ENDPOINT") or self.endpoint,
        }

    def wait_until_ready(self, process: subprocess.Popen[bytes] | None) -> None:
        """Waits for the health endpoint; a process that died meanwhile is reported with the end of its log."""
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and (process is None or process.poll() is None):
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        fail(f"{tail(self.log)}\nThe local cloud did not start; its log is {self.log}.")

    def stop(self) -> bool:
        """Ends the cloud and the functions it runs. Only the logs stay. False if it was not running."""
        was_running = self.process.end()
        for folder in (self.app, self.scratch):
            shutil.rmtree(folder, ignore_errors=True)
        return was_running

    def environment(self) -> dict[str, str]:
        """The environment of tools that talk to this cloud."""
        return tool_environment(self.credentials())

