"""Prints a stack's outputs as one JSON object. Runs in the virtual environment, with its AWS settings."""

from __future__ import annotations

import json
import sys

import boto3


def main() -> None:
    stack = boto3.client("cloudformation").describe_stacks(StackName=sys.argv[1])["Stacks"][0]
    print(json.dumps({output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}))


if __name__ == "__main__":
    main()
