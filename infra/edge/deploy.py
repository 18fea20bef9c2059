"""Puts the firewall in front of a stack's API, and perhaps a network in front of its files: deploys template.yaml as `<stack>-edge`. `make edge` calls this.

    python infra/edge/deploy.py --stack memory-app DenyV4=192.0.2.0/24,198.51.100.7/32 RequestsPerAddress=5000

Runs in the virtual environment with whatever AWS settings the environment has. The API, the frontend's origin and the
bucket come from the main stack; a parameter that is not named keeps the value it has; `DenyV4=` empties a list.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import beside
from deployed import described, outputs

TEMPLATE = Path(__file__).with_name("template.yaml")


def main_stack(name: str) -> dict[str, str]:
    """The parameters that only the main stack knows."""
    found = outputs(name)
    parameters = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in described(name)["Parameters"]}
    return {"ApiId": found["ApiId"], "AllowedOrigin": parameters["AllowedOrigin"], "FilesBucketName": found["FilesBucketName"]}


def main() -> None:
    options = beside.parser(__doc__).parse_args()
    beside.deploy(TEMPLATE, f"{options.stack}-edge", main_stack(options.stack) | dict(options.parameters))


if __name__ == "__main__":
    main()
