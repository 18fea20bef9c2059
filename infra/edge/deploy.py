"""Puts the firewall in front of a stack's API: deploys template.yaml as the stack `<stack>-edge`. `make edge` calls this.

    python infra/edge/deploy.py --stack memory-app DenyV4=192.0.2.0/24,198.51.100.7/32 RequestsPerAddress=5000

Runs in the virtual environment with whatever AWS settings the environment has. The API and the frontend's origin come from
the main stack; a parameter that is not named keeps the value it has; `DenyV4=` empties a list.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import boto3

TEMPLATE = Path(__file__).with_name("template.yaml")


def main_stack(name: str) -> dict[str, str]:
    """The parameters that only the main stack knows."""
    stack = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    parameters = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack["Parameters"]}
    return {"ApiId": outputs["ApiId"], "AllowedOrigin": parameters["AllowedOrigin"]}


def deploy(stack: str, parameters: dict[str, str]) -> int:
    """Runs `sam deploy`, and returns what it does."""
    # In quotes, because sam takes no empty value without.
    overrides = [f'{name}="{value}"' for name, value in parameters.items()]
    command = [
        Path(sys.executable).with_name("sam"), "deploy", "--template-file", TEMPLATE, "--stack-name", stack,
        "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--parameter-overrides", *overrides,
    ]
    return subprocess.run(command, check=False).returncode


def named(text: str) -> tuple[str, str]:
    """A parameter as the command line has it."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not of the form Name=value")
    return name, value


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stack", default="memory-app", help="the main stack (%(default)s)")
    parser.add_argument("parameters", nargs="*", type=named, metavar="Name=value", help="parameters of the template")
    options = parser.parse_args()
    sys.exit(deploy(f"{options.stack}-edge", main_stack(options.stack) | dict(options.parameters)))


if __name__ == "__main__":
    main()
