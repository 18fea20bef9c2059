"""Which stack a program works on: one on AWS by its name, or a local one by the file of its outputs."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import boto3

# boto3 and sam listen to AWS_DEFAULT_REGION alone, AWS's other tools to AWS_REGION before it.
if os.environ.get("AWS_REGION"):
    os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"]


def add_stack(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Lets the command line say which. Without a default it has to: a program that can do harm does none to a stack that nobody named."""
    which = parser.add_mutually_exclusive_group(required=default is None)
    which.add_argument("--stack", default=default, help="the stack" + (" (%(default)s)" if default else ""))
    which.add_argument("--outputs", type=Path, help="outputs of a local stack, instead of --stack")


def described(stack: str, region: str | None = None) -> dict[str, Any]:
    """What CloudFormation knows of a stack, in the environment's region or another one."""
    return boto3.client("cloudformation", region_name=region).describe_stacks(StackName=stack)["Stacks"][0]


def outputs(stack: str, region: str | None = None) -> dict[str, str]:
    """What a stack says of itself."""
    return {output["OutputKey"]: output["OutputValue"] for output in described(stack, region).get("Outputs", [])}


def outputs_of(options: argparse.Namespace) -> dict[str, Any]:
    """Those of the stack that the command line names. After a local one's, this process talks to the local cloud; otherwise to whichever the environment names."""
    if not options.outputs:
        return outputs(options.stack)
    local = json.loads(options.outputs.read_text())
    os.environ.update(local["env"])
    return local
