"""What the programs that deploy a stack beside the main one have in common."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from parameters import refuse_unknown


def parser(document: str | None) -> argparse.ArgumentParser:
    """What each of them is told: which main stack, and parameters of its template."""
    made = argparse.ArgumentParser(description=(document or "").splitlines()[0])
    made.add_argument("--stack", default="memory-app", help="the main stack (%(default)s)")
    made.add_argument("parameters", nargs="*", type=named, metavar="Name=value", help="parameters of the template")
    return made


def named(text: str) -> tuple[str, str]:
    """A parameter as the command line has it."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not of the form Name=value")
    return name, value


def deploy(template: Path, stack: str, parameters: dict[str, str], *further: str) -> None:
    """Runs `sam deploy`, and ends with it if it fails. A parameter that is not named keeps the value it has."""
    refuse_unknown(template, parameters)
    # In quotes, because sam takes no empty value without.
    overrides = [f'{name}="{value}"' for name, value in parameters.items()]
    command = [
        Path(sys.executable).with_name("sam"), "deploy", "--template-file", template, "--stack-name", stack, "--no-confirm-changeset",
        "--no-fail-on-empty-changeset", *further, *(["--parameter-overrides", *overrides] if overrides else []),
    ]
    finished = subprocess.run(command, check=False)
    if finished.returncode:
        sys.exit(finished.returncode)
