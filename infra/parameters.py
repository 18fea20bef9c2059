"""Refuses parameters that a template does not have: `sam deploy` leaves them out without a word. `make deploy` calls this.

    python infra/parameters.py template.yaml StageConfig=staging MailFrom=no-reply@example.com
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from samcli.yamlhelper import yaml_parse


def refuse_unknown(template: Path, names: Iterable[str]) -> None:
    """Ends with the names that are none of the template's parameters, if there are any."""
    known = yaml_parse(template.read_text())["Parameters"]
    if unknown := [name for name in names if name not in known]:
        alike = sorted({match for name in unknown for match in get_close_matches(name, known)})
        hint = f" Do you mean {' or '.join(alike)}?" if alike else ""
        sys.exit(f"{template} has no parameter {', '.join(unknown)}.{hint}")


if __name__ == "__main__":
    refuse_unknown(Path(sys.argv[1]), (argument.partition("=")[0] for argument in sys.argv[2:]))
