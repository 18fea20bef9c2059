"""Puts promtool, which checks what is meant for Prometheus, where it is told to. `make` calls this.

    python3 infra/observability/promtool.py .local/tools/bin/promtool

One that is installed is linked to. Where there is none, Debian's and Ubuntu's package of Prometheus is taken apart: nothing is installed, and
no rights are needed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "prometheus"
INSTALL = "Install Prometheus (brew install prometheus; apt install prometheus), so that promtool is on the PATH, and try again."


def from_package(wanted: Path) -> None:
    """Takes promtool out of the distribution's package, with lists of packages of our own."""
    with tempfile.TemporaryDirectory(dir=wanted.parent) as folder:
        apart = Path(folder)
        for partial in ("lists/partial", "cache/archives/partial"):
            (apart / partial).mkdir(parents=True)
        apt = ["apt-get", "-q", "-o", f"Dir::State::lists={apart}/lists", "-o", f"Dir::Cache={apart}/cache"]
        run([*apt, "update"], apart)
        run([*apt, "download", PACKAGE], apart)
        (package,) = apart.glob(f"{PACKAGE}_*.deb")
        run(["dpkg-deb", "--extract", package, apart / "files"], apart)
        # In one step: whoever looks sees it whole, or not at all.
        (apart / "files/usr/bin/promtool").replace(wanted)


def run(command: list[str | Path], folder: Path) -> None:
    """Runs a command, and shows what it said only if it fails."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout[-4000:]}\n{command[0]} failed. {INSTALL}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wanted", type=Path, help="where it is to be")
    wanted = parser.parse_args().wanted.absolute()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if installed := shutil.which("promtool"):
        wanted.unlink(missing_ok=True)
        wanted.symlink_to(installed)
    elif shutil.which("apt-get") and shutil.which("dpkg-deb"):
        from_package(wanted)
    else:
        sys.exit(f"There is no promtool. {INSTALL}")


if __name__ == "__main__":
    main()
