"""Which stack a program works on: one on AWS by its name, or a local one by the file of its outputs."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import boto3


def add_stack(parser: argparse.ArgumentParser) -> None:
    """Lets the command line say which."""
    parser.add_argument("--stack", default="memory-app", help="the stack (%(default)s)")
    parser.add_argument("--outputs", type=Path, help="outputs of a local stack, instead of --stack")


def outputs_of(options: argparse.Namespace) -> dict[str, Any]:
    """Its outputs. After those of a local stack, this process talks to the local cloud; otherwise to whichever the environment names."""
    if options.outputs:
        outputs = json.loads(options.outputs.read_text())
        os.environ.update(outputs["env"])
        return outputs
    found = boto3.client("cloudformation").describe_stacks(StackName=options.stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}
