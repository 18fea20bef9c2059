"""Puts metrics, alarms and the dashboard beside a stack: deploys template.yaml as `<stack>-observability`. `make observability` calls this.

    python infra/observability/deploy.py --stack memory-app AlarmEmail=ops@example.com MonthlyBudget=50

Runs in the virtual environment with whatever AWS settings the environment has. What the resources of the main stack are called is looked
up; a parameter that is not named keeps the value it has.
"""

from __future__ import annotations

import sys
from pathlib import Path

import boto3
from samcli.yamlhelper import yaml_parse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import beside

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


def main() -> None:
    options = beside.parser(__doc__).parse_args()
    taken = parameters()
    found = {name: value for name, value in main_stack(options.stack).items() if name in taken}
    beside.deploy(TEMPLATE, f"{options.stack}-observability", {"MainStack": options.stack} | found | dict(options.parameters))


if __name__ == "__main__":
    main()
