"""Wrapped data keys: whether they open, and what they need to open elsewhere.

    python docs/runbooks/data_keys.py check --stack NAME                          opens each with FieldKey, and says how many it could
    python docs/runbooks/data_keys.py check --stack NAME --table NAME-restored    those of a copy
    … move --table NAME-restored --from-region us-east-1 --to-key KEY             wraps each again, so that KEY opens it
    … --outputs .local/outputs.json                                               the same on the local cloud

`move` writes to the table it is told and never to that of a stack: to a copy, which restore.py then puts into a stack whose FieldKey is KEY. It notes KEY on each item
that it has changed and skips those, so it can be ended and begun again. A key in the clear exists in the memory of this process alone.

Runs in the virtual environment (boto3). It needs `kms:Decrypt` on the old key and `kms:Encrypt` and `kms:Decrypt` on the new one.
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra"))

from deployed import add_stack, outputs_of

# What KMS answers when a key was wrapped by another key or for another person. Every other failure ends this.
DOES_NOT_OPEN = {"InvalidCiphertextException", "IncorrectKeyException"}


def field_key(outputs: dict[str, Any]) -> str:
    """The key that wraps data keys, as a function of the stack is told it."""
    found = boto3.client("lambda").get_function_configuration(FunctionName=outputs["MemoriesFunctionName"])
    return found["Environment"]["Variables"]["FIELD_KEY_ID"]


def wrapped_keys(table: Any) -> list[dict[str, Any]]:
    """All wrapped keys of a table, which is read whole."""
    # Not the mark of those that were destroyed, which sorts here too and wraps nothing.
    wanted = {"FilterExpression": Attr("sk").begins_with("DATAKEY#") & Attr("wrapped").exists(), "ConsistentRead": True}
    items, answer = [], table.scan(**wanted)
    while True:
        items += answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return items
        answer = table.scan(**wanted, ExclusiveStartKey=answer["LastEvaluatedKey"])


def context(item: dict[str, Any]) -> dict[str, str]:
    """What KMS has bound the key to (shared/vault/src/kms.rs)."""
    return {"purpose": "memory-app field key", "userId": item["pk"].removeprefix("U#")}


def opened(kms: Any, key: str | None, item: dict[str, Any]) -> bytes | None:
    """The key in the clear, or nothing if that is not what wrapped it."""
    named = {"KeyId": key} if key else {}
    try:
        answer = kms.decrypt(CiphertextBlob=base64.b64decode(item["wrapped"]), EncryptionContext=context(item), **named)
    except ClientError as error:
        if error.response["Error"]["Code"] in DOES_NOT_OPEN:
            return None
        raise
    return answer["Plaintext"]


def check(table: Any, outputs: dict[str, Any], options: argparse.Namespace) -> None:
    key, kms = options.key or field_key(outputs), boto3.client("kms")
    came = Counter(opened(kms, key, item) is not None for item in wrapped_keys(table))
    print(f"{came[True]} keys open, {came[False]} do not")
    sys.exit(1 if came[False] else 0)


def must_be_a_copy(table: Any, outputs: dict[str, Any], options: argparse.Namespace) -> None:
    """Ends this if functions may work on the table. Those of all stacks have a stream, and no copy has one before somebody gives it one."""
    # As an ARN, the stack's own would have another name.
    if not options.table or ":" in options.table or options.table == outputs["TableName"]:
        raise SystemExit("move needs --table, the name of a copy, and that is not the stack's own.")
    if table.stream_specification:
        raise SystemExit("That table has a stream, so it is that of a stack, and no copy.")


def move(table: Any, outputs: dict[str, Any], options: argparse.Namespace) -> None:
    must_be_a_copy(table, outputs, options)
    old, new = boto3.client("kms", region_name=options.from_region), boto3.client("kms")
    moved = there = lost = 0
    for item in wrapped_keys(table):
        if item.get("wrappedBy") == options.to_key:
            there += 1
            continue
        plain = opened(old, options.from_key, item)
        if plain is None:
            lost += 1
            continue
        wrapped = new.encrypt(KeyId=options.to_key, Plaintext=plain, EncryptionContext=context(item))["CiphertextBlob"]
        table.update_item(
            Key={"pk": item["pk"], "sk": item["sk"]}, UpdateExpression="SET #wrapped = :new, wrappedBy = :key",
            ConditionExpression="#wrapped = :old", ExpressionAttributeNames={"#wrapped": "wrapped"},
            ExpressionAttributeValues={":new": base64.b64encode(wrapped).decode(), ":key": options.to_key, ":old": item["wrapped"]},
        )
        moved += 1
    print(f"{moved} keys moved, {there} were moved before, {lost} do not open")
    sys.exit(1 if lost else 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (check, move):
        sub = commands.add_parser(command.__name__)
        sub.set_defaults(command=command)
        add_stack(sub)
        sub.add_argument("--table", help="the name of a table that was restored, instead of the stack's own")
        if command is check:
            sub.add_argument("--key", help="another key than the stack's FieldKey")
        else:
            sub.add_argument("--from-region", help="the region whose KMS has the old key, if it is another one")
            sub.add_argument("--from-key", help="the old key; KMS knows it by itself")
            sub.add_argument("--to-key", required=True, help="the ARN of the new key")
    options = parser.parse_args()
    outputs = outputs_of(options)
    table = boto3.resource("dynamodb").Table(options.table or outputs["TableName"])
    options.command(table, outputs, options)


if __name__ == "__main__":
    main()
