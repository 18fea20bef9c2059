"""Runs the real `sam`, which packs the functions without compressing them: they travel within this machine only.

Packing happens for every function on every deployment; compressing would be most of the time it takes.
"""

from __future__ import annotations

import zipfile

zipfile.ZIP_DEFLATED = zipfile.ZIP_STORED

from samcli.cli.main import cli  # noqa: E402  (after the change above)

if __name__ == "__main__":
    cli(prog_name="sam")
