"""Runs the real `sam`, which packs the functions without compressing them: they travel within this machine only.

Every deployment packs every function, changed or not; compressing would be most of the time it takes.
"""

from __future__ import annotations

import types
import zipfile

from samcli.cli.main import cli
from samcli.lib.package import utils

if __name__ == "__main__":
    utils.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZIP_DEFLATED": zipfile.ZIP_STORED})
    cli(prog_name="sam")
