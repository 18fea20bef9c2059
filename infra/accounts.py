"""Accounts, with the deployer's rights: makes the first administrator, who makes all others. Prints ids, never addresses.

    python3 infra/accounts.py promote --email ada@example.com --stack memory-app      somebody who has registered
    … --outputs .local/outputs.json                                                   the same on the local cloud

Runs in the virtual environment (boto3) with whatever AWS settings the environment has. The person registers first; within
10 seconds of being promoted they may administer, without signing in again.
"""

from __future__ import annotations

import argparse
import secrets
import time
import unicodedata
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from deployed import add_stack, outputs_of

# As the functions keep entries of the audit log.
AUDIT_KEPT_FOR = timedelta(days=400)


def folded(email: str) -> str:
    """The form in which addresses are compared, as `Email::folded` has it: letter by letter, whatever stands around it."""
    lower = "".join(letter.lower() for letter in unicodedata.normalize("NFKC", email.strip()))
    return unicodedata.normalize("NFKC", lower)


def timestamp(at: datetime) -> str:
    """As the functions write times."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def uuid7() -> str:
    """A new id that sorts by time (RFC 9562, section 5.7)."""
    millis = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    return str(uuid.UUID(int=millis << 80 | 0x7 << 76 | random >> 62 << 64 | 0b10 << 62 | random & (1 << 62) - 1))


def audit_entry(table: Any, user: str, event: str, detail: str, now: datetime) -> dict[str, Any]:
    """The writing of an entry in the audit log, as the functions write theirs."""
    entry = uuid7()
    item = {
        "pk": f"U#{user}", "sk": f"AUDIT#{entry}", "id": entry, "userId": user, "event": event, "at": timestamp(now),
        "detail": f"{detail}, by the deployer", "ttl": int((now + AUDIT_KEPT_FOR).timestamp()),
    }
    return {"Put": {"TableName": table.name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}


def promote(table: Any, email: str) -> None:
    """Gives an account the role `admin` and the tier `premium`, and notes it in its audit log, in one transaction."""
    holder = table.get_item(Key={"pk": f"EMAIL#{folded(email)}", "sk": "EMAIL"}, ConsistentRead=True).get("Item")
    if holder is None:
        raise SystemExit("Nobody has registered with this address.")
    user = holder["userId"]
    profile = {"pk": f"U#{user}", "sk": "PROFILE"}
    account = table.get_item(Key=profile, ConsistentRead=True)["Item"]
    role, tier, now = account["role"], account["tier"], datetime.now(timezone.utc)
    if (role, tier) == ("admin", "premium"):
        print(f"account {user} is an administrator already")
        return
    writes = [{"Update": {
        "TableName": table.name, "Key": profile,
        "UpdateExpression": "SET #role = :admin, tier = :premium, updatedAt = :now",
        "ConditionExpression": "attribute_exists(pk) AND #role = :role AND tier = :tier",
        "ExpressionAttributeNames": {"#role": "role"},
        "ExpressionAttributeValues": {
            ":admin": "admin", ":premium": "premium", ":now": timestamp(now), ":role": role, ":tier": tier,
        },
    }}]
    if tier != "premium":
        writes.append(audit_entry(table, user, "tierChanged", f"{tier} → premium", now))
    if role != "admin":
        writes.append(audit_entry(table, user, "roleChanged", f"{role} → admin", now))
    try:
        table.meta.client.transact_write_items(TransactItems=writes)
    except ClientError as error:
        if error.response["Error"]["Code"] == "TransactionCanceledException":
            raise SystemExit("The account was changed at the same moment: try again.") from None
        raise
    print(f"account {user} is an administrator now")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=("promote",))
    parser.add_argument("--email", required=True, help="the address that the person has registered with")
    add_stack(parser, default="memory-app")
    options = parser.parse_args()
    outputs = outputs_of(options)
    promote(boto3.resource("dynamodb").Table(outputs["TableName"]), options.email)


if __name__ == "__main__":
    main()
