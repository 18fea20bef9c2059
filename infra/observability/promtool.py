"""Puts promtool, which checks what is meant for Prometheus, where it is told to. `make` calls this.

    python3 infra/observability/promtool.py .local/tools/bin/promtool

One that is installed is linked to. Where there is none, Debian's and Ubuntu's package of Prometheus is taken apart.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import debian

INSTALL = "There is no promtool. Install Prometheus (brew install prometheus; apt install prometheus), so that promtool is on the PATH, and try again."


def from_package(wanted: Path) -> None:
    """Takes promtool out of the distribution's package."""
    with tempfile.TemporaryDirectory(dir=wanted.parent) as folder:
        files = Path(folder) / "files"
        debian.unpack(files, ["prometheus"], otherwise=INSTALL)
        # In one step: whoever looks sees it whole, or not at all.
        (files / "usr/bin/promtool").replace(wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wanted", type=Path, help="where it is to be")
    wanted = parser.parse_args().wanted.absolute()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if installed := shutil.which("promtool"):
        wanted.unlink(missing_ok=True)
        wanted.symlink_to(installed)
    else:
        from_package(wanted)


if __name__ == "__main__":
    main()
