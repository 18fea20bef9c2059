"""Puts metrics, alarms and the dashboard beside a stack: deploys template.yaml as `<stack>-observability`. `make observability` calls this.

    python infra/observability/deploy.py --stack memory-app AlarmEmail=ops@example.com MonthlyBudget=50

Runs in the virtual environment with whatever AWS settings the environment has. What the resources of the main stack are called is looked
up; a parameter that is not named keeps the value it has.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import boto3
from samcli.yamlhelper import yaml_parse

TEMPLATE = Path(__file__).with_name("template.yaml")


def main_stack(name: str) -> dict[str, str]:
    """What every resource of the main stack is called where metrics name it."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    # A queue is known by its address, and measured by its name.
    return {resource["LogicalResourceId"]: called(resource) for resource in resources if "PhysicalResourceId" in resource}


def called(resource: dict) -> str:
    """A resource's name, or its ARN where there is no other."""
    known_by = resource["PhysicalResourceId"]
    return known_by.rsplit("/", 1)[-1] if resource["ResourceType"] == "AWS::SQS::Queue" else known_by


def parameters() -> set[str]:
    """Those that the template takes."""
    return set(yaml_parse(TEMPLATE.read_text())["Parameters"])


def deploy(stack: str, values: dict[str, str]) -> int:
    """Runs `sam deploy`, and returns what it does."""
    # In quotes, because sam takes no empty value without.
    overrides = [f'{name}="{value}"' for name, value in values.items()]
    command = [
        Path(sys.executable).with_name("sam"), "deploy", "--template-file", TEMPLATE, "--stack-name", stack,
        "--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--parameter-overrides", *overrides,
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
    taken = parameters()
    found = {name: value for name, value in main_stack(options.stack).items() if name in taken}
    sys.exit(deploy(f"{options.stack}-observability", {"MainStack": options.stack} | found | dict(options.parameters)))


if __name__ == "__main__":
    main()
