"""Copies a stack's table and files every day: deploys template.yaml as `<stack>-backup`. `make backup` calls this.

    python infra/backup/deploy.py --stack memory-app --copy-to eu-central-1 AlarmEmail=ops@example.com Lock=governance

Runs in the virtual environment with whatever AWS settings the environment has. With --copy-to, a vault in that region comes first and what
is copied goes there as well. A parameter that is not named keeps the value it has.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import boto3

TEMPLATE = Path(__file__).with_name("template.yaml")
# What the vault in the other region must be told, too.
OF_VAULTS = {"KeepDays", "Lock", "LockAfterDays"}


def outputs(stack: str, region: str | None = None) -> dict[str, str]:
    """What a stack says of itself."""
    (described,) = boto3.client("cloudformation", region_name=region).describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def main_stack(name: str) -> dict[str, str]:
    """What of the main stack is copied."""
    found = outputs(name)
    table = boto3.client("dynamodb").describe_table(TableName=found["TableName"])["Table"]["TableArn"]
    partition = table.split(":")[1]
    return {"TableArn": table, "FilesBucketArn": f"arn:{partition}:s3:::{found['FilesBucketName']}"}


def deploy(stack: str, values: dict[str, str], region: str | None = None) -> None:
    """Runs `sam deploy`, and ends with it if it fails."""
    # In quotes, because sam takes no empty value without.
    overrides = [f'{name}="{value}"' for name, value in values.items()]
    command = [
        Path(sys.executable).with_name("sam"), "deploy", "--template-file", TEMPLATE, "--stack-name", stack,
        "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset",
        *(["--region", region] if region else []), *(["--parameter-overrides", *overrides] if overrides else []),
    ]
    finished = subprocess.run(command, check=False)
    if finished.returncode:
        sys.exit(finished.returncode)


def named(text: str) -> tuple[str, str]:
    """A parameter as the command line has it."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not of the form Name=value")
    return name, value


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stack", default="memory-app", help="the main stack (%(default)s)")
    parser.add_argument("--copy-to", metavar="REGION", help="another region to keep copies in")
    parser.add_argument("parameters", nargs="*", type=named, metavar="Name=value", help="parameters of the template")
    options = parser.parse_args()
    given, stack = dict(options.parameters), f"{options.stack}-backup"
    if options.copy_to:
        deploy(stack, {name: value for name, value in given.items() if name in OF_VAULTS}, options.copy_to)
        given = {"CopyVaultArn": outputs(stack, options.copy_to)["VaultArn"]} | given
    deploy(stack, main_stack(options.stack) | given)


if __name__ == "__main__":
    main()
