"""Where things are, which tools must exist, how they are run. Standard library only: nothing is installed yet."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
VENV = LOCAL / "venv"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
CONSTRAINTS = Path(__file__).with_name("constraints.txt")
REGION = "us-east-1"


class Problem(Exception):
    """Something the person at the keyboard can do something about; its message says what."""


def fail(message: str) -> NoReturn:
    """Ends the run with a message that says what to do."""
    raise Problem(message)


def say(message: str) -> None:
    """One line of progress."""
    print(f"==> {message}", flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None, log: Path | None = None, doing: str) -> None:
    """Runs a command to its end. With `log`, its output goes there and is shown only if it fails."""
    arguments = [str(part) for part in command]
    if log is None:
        finished = subprocess.run(arguments, cwd=ROOT, env=env, check=False)
        output = ""
    else:
        with log.open("wb") as sink:
            finished = subprocess.run(arguments, cwd=ROOT, env=env, stdout=sink, stderr=subprocess.STDOUT, check=False)
        output = log.read_text(errors="replace")[-4000:] if finished.returncode else ""
    if finished.returncode:
        fail(f"{output}\n{doing} failed (exit code {finished.returncode}).".lstrip())


def check_prerequisites(*, building: bool) -> None:
    """Names everything that is missing at once, with the way to get it."""
    missing = []
    if sys.version_info < (3, 10):
        missing.append(f"Python 3.10 or newer (this is {platform.python_version()})")
    if importlib.util.find_spec("ensurepip") is None:
        missing.append("Python's venv module (Debian and Ubuntu: apt install python3-venv)")
    if building and cargo() is None:
        missing.append("the Rust toolchain (https://rustup.rs)")
    if building and not any(shutil.which(name) for name in ("cc", "gcc", "clang")):
        missing.append("a C compiler (Debian and Ubuntu: apt install build-essential)")
    if missing:
        fail("Missing: " + "; ".join(missing) + ".")


def cargo() -> str | None:
    """Cargo, also where rustup puts it in a shell that has not been restarted."""
    return shutil.which("cargo") or shutil.which("cargo", path=str(Path.home() / ".cargo" / "bin"))


def architecture() -> str:
    """This machine, in Lambda's words."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def tool(name: str) -> Path:
    """A program of the virtual environment."""
    return VENV / "bin" / name


def install_tools(requirements: Path = REQUIREMENTS) -> None:
    """Installs a list of Python tools into `.local/venv`, only when the list has changed."""
    stamp = VENV / f".{requirements.stem}"
    wanted = hashlib.sha256(requirements.read_bytes() + CONSTRAINTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing {requirements.name} into {VENV.relative_to(ROOT)} (about two minutes, once)")
    if not tool("python").exists():
        run(sys.executable, "-m", "venv", VENV, doing="Creating the virtual environment")
    run(
        tool("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--requirement", requirements, "--constraint", CONSTRAINTS, doing="Installing the tools",
    )
    stamp.write_text(wanted)


def tool_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """The environment AWS tools run in here: ours alone, whatever profile the developer has configured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(LOCAL / "sam"),
    } | (extra or {})
