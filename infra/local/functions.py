"""Builds the Lambda functions for this machine and lays them out the way the template expects them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from toolbox import ROOT, cargo, fail, run, say

TEMPLATE = ROOT / "template.yaml"


def names() -> list[str]:
    """The functions, which are folders, crates and `CodeUri`s of the same name."""
    return re.findall(r"^\s+CodeUri: target/lambda/([\w-]+)/$", TEMPLATE.read_text(), re.MULTILINE)


def build() -> Path:
    """Compiles every function exactly as the tests do (profile, and features of the whole workspace): once for both."""
    say("building the functions")
    run(
        cargo() or "cargo", "build", "--locked", "--profile", "local", "--workspace", "--bins",
        doing="Building the functions",
    )
    return target_directory() / "local"


def target_directory() -> Path:
    """Where cargo builds, which may be configured to be elsewhere."""
    metadata = subprocess.run(
        [cargo() or "cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    ).stdout
    return Path(json.loads(metadata)["target_directory"])


def stage(built: Path, app: Path) -> None:
    """Copies the template and every `bootstrap` into `app`, where `CodeUri: target/lambda/<name>/` finds them."""
    app.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TEMPLATE, app / "template.yaml")
    for name in names():
        source = next((path for path in (built / name / "bootstrap", built / name) if path.is_file()), None)
        if source is None:
            fail(f"There is no built function {name} in {built}.")
        place(source, app / "target" / "lambda" / name / "bootstrap")


def place(source: Path, bootstrap: Path) -> None:
    """Copies one binary, unless it is there, without its symbols, which are half of it."""
    built_at = source.stat().st_mtime_ns
    if bootstrap.exists() and bootstrap.stat().st_mtime_ns == built_at:
        return
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    unfinished = bootstrap.with_suffix(".new")
    shutil.copyfile(source, unfinished)
    unfinished.chmod(0o755)
    if strip := shutil.which("strip"):
        subprocess.run([strip, str(unfinished)], stderr=subprocess.DEVNULL, check=False)
    os.utime(unfinished, ns=(built_at, built_at))
    unfinished.replace(bootstrap)
