"""Takes packages of Debian and Ubuntu apart, with lists of packages of its own: nothing is installed, and no rights are needed. `make` calls this.

    python3 infra/debian.py .local/tools/valgrind valgrind
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def unpack(wanted: Path, packages: list[str], otherwise: str) -> None:
    """Makes a folder of the packages' files: whole, or not at all. Ends with `otherwise`, which says what else can be done, where it cannot."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        sys.exit(otherwise)
    wanted = wanted.absolute()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=wanted.parent) as folder:
        apart = Path(folder)
        for partial in ("lists/partial", "cache/archives/partial"):
            (apart / partial).mkdir(parents=True)
        apt = ["apt-get", "-q", "-o", f"Dir::State::lists={apart}/lists", "-o", f"Dir::Cache={apart}/cache"]
        run([*apt, "update"], apart, otherwise)
        run([*apt, "download", *packages], apart, otherwise)
        for package in apart.glob("*.deb"):
            run(["dpkg-deb", "--extract", package, apart / "files"], apart, otherwise)
        shutil.rmtree(wanted, ignore_errors=True)
        (apart / "files").replace(wanted)


def run(command: list[str | Path], folder: Path, otherwise: str) -> None:
    """Runs a command, and shows what it said only if it fails."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout[-4000:]}\n{command[0]} failed. {otherwise}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wanted", type=Path, help="the folder that is to be")
    parser.add_argument("packages", nargs="+", help="whose files are to be in it")
    options = parser.parse_args()
    unpack(options.wanted, options.packages, otherwise=f"Install {' and '.join(options.packages)}, and try again.")


if __name__ == "__main__":
    main()
