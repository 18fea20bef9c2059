"""Copies a stack's table and files every day: deploys template.yaml as `<stack>-backup`. `make backup` calls this.

    python infra/backup/deploy.py --stack memory-app --copy-to eu-central-1 AlarmEmail=ops@example.com Lock=governance

Runs in the virtual environment with whatever AWS settings the environment has. With --copy-to, a vault in that region comes first and what
is copied goes there as well. A parameter that is not named keeps the value it has; what the vault in the other region has to be told, too, is refused
without --copy-to.
"""

from __future__ import annotations

import sys
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import beside
from deployed import described, outputs

TEMPLATE = Path(__file__).with_name("template.yaml")
# What the vault in the other region must be told, too.
OF_VAULTS = {"KeepDays", "Lock", "LockAfterDays"}


def copied_to(stack: str) -> str:
    """The region to which a deployed stack copies; empty if it copies to none, or is not there yet."""
    try:
        parameters = described(stack)["Parameters"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return ""
    arns = [parameter["ParameterValue"] for parameter in parameters if parameter["ParameterKey"] == "CopyVaultArn"]
    return arns[0].split(":")[3] if arns and arns[0] else ""


def main_stack(name: str) -> dict[str, str]:
    """What of the main stack is copied."""
    found = outputs(name)
    table = boto3.client("dynamodb").describe_table(TableName=found["TableName"])["Table"]["TableArn"]
    partition = table.split(":")[1]
    return {"TableArn": table, "FilesBucketArn": f"arn:{partition}:s3:::{found['FilesBucketName']}"}


def deploy(stack: str, values: dict[str, str], *further: str) -> None:
    beside.deploy(TEMPLATE, stack, values, "--capabilities", "CAPABILITY_IAM", *further)


def main() -> None:
    parser = beside.parser(__doc__)
    parser.add_argument("--copy-to", metavar="REGION", help="another region to keep copies in")
    options = parser.parse_args()
    given, stack = dict(options.parameters), f"{options.stack}-backup"
    if options.copy_to:
        deploy(stack, {name: value for name, value in given.items() if name in OF_VAULTS}, "--region", options.copy_to)
        given = {"CopyVaultArn": outputs(stack, options.copy_to)["VaultArn"]} | given
    elif (for_both := OF_VAULTS & given.keys()) and "CopyVaultArn" not in given and (region := copied_to(stack)):
        sys.exit(f"The vault in {region} has to be told {', '.join(sorted(for_both))}, too: say --copy-to {region} (make backup COPY_TO={region}).")
    deploy(stack, main_stack(options.stack) | given)


if __name__ == "__main__":
    main()
