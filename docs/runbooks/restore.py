"""Makes the stack's table what it was: from a table that AWS has restored, or from an export of one.

    python docs/runbooks/restore.py --stack NAME --from-table NAME-restored            says what it would do
    python docs/runbooks/restore.py --stack NAME --from-table NAME-restored --apply    does it
    … --from-export FOLDER                    *.json.gz as `export-table-to-point-in-time` writes them
    … --person ID                             what one person keeps, and what is due of it; nothing of anybody else
    … --save FILE.json.gz                     writes the stack's table down in that format, and ends
    … --outputs .local/outputs.json           the same on the local cloud

The stack must be paused (pause.py): what is written meanwhile would not fit what is put back. It reads both tables whole, and writes what differs.
It can be ended and begun again at any time.

What is not put back as it was:
- Sessions and links in mail are ended: one that was ended since would work again. Everybody signs in anew.
- API keys stay as they are now: one that was revoked since would work again. If nobody from then is in the table any more, they come back.
- The audit log keeps what it has, and counters of requests and of wrong passwords go on.
- Who was shredded stays shredded.
- Manifests of indexes are dropped: what they name may be gone. Have all indexes made again afterwards.
With --person, the account (role, password, sign-ins, WhatsApp, drives) stays as it is now, too.

Runs in the virtual environment (boto3) with whatever AWS settings the environment has.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra"))

from deployed import add_stack, outputs_of
from pause import ANSWERS_ON, functions, mappings

Item = dict[str, Any]
Key = tuple[str, str]

# Beginnings of keys, as docs/data-model.md has them.
ENDED = ("TOKEN#", "ONETIME#", "OAUTH#", "DRIVESTATE#")
ENDED_OF_A_PERSON = ("S#", "INDEX")
KEPT = ("APIKEY#", "RATE#", "FAILURES#")
KEPT_OF_A_PERSON = ("KEY#", "KEYUSAGE#")
ONLY_ADDED_OF_A_PERSON = ("AUDIT#", "DATAKEY#")
SHREDDED = "DATAKEY#SHREDDED"
ACCOUNT = ("PROFILE", "IDENTITY#", "SYNC#", "WA", "DRIVE", "BACKUP#", "S#")
# Days on which something of everybody's is due: whose, says the second part of the sort key. Not those of drives, which are of the account.
DUE = ("DUE#", "REMIND#")
WRITTEN_AT_ONCE = 25


def scanned(client: Any, table: str) -> Iterator[Item]:
    """Every item of a table, in DynamoDB's own JSON."""
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def exported(folder: Path) -> Iterator[Item]:
    """Every item of an export."""
    files = [folder] if folder.is_file() else sorted(folder.rglob("*.json.gz"))
    if not files:
        raise SystemExit(f"There is no export in {folder}.")
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line, object_hook=bytes_of)["Item"]


def bytes_of(value: Item) -> Item:
    """Bytes are base64 in an export. None of ours are in sets."""
    return {"B": base64.b64decode(value["B"])} if set(value) == {"B"} and isinstance(value["B"], str) else value


def save(items: Iterator[Item], file: Path) -> None:
    count = 0
    with gzip.open(file, "wt", encoding="utf-8") as out:
        file.chmod(0o600)
        for item in items:
            out.write(json.dumps({"Item": item}, default=lambda value: base64.b64encode(bytes(value)).decode()) + "\n")
            count += 1
    print(f"{count} items in {file}")


def key_of(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def is_persons(key: Key) -> bool:
    """Whether it lies in a person's first partition, where their account is, too."""
    return key[0].startswith("U#") and key[0].count("#") == 1


def is_of(person: str, key: Key) -> bool:
    """Whether it is a person's, or due of theirs, and not of their account."""
    pk, sk = key
    if pk.startswith(DUE):
        return sk.split("#")[1:2] == [person]
    own = pk == f"U#{person}" or pk.startswith(f"U#{person}#")
    return own and not (is_persons(key) and sk.startswith(ACCOUNT))


def begins(key: Key, elsewhere: tuple[str, ...], of_a_person: tuple[str, ...]) -> bool:
    return key[1].startswith(of_a_person) if is_persons(key) else bool(elsewhere) and key[0].startswith(elsewhere)


def kind(key: Key) -> str:
    """What an item is, without whose."""
    pk, sk = key
    if not pk.startswith("U#"):
        return pk.split("#")[0]
    below = pk.split("#")[2:3]
    return "/".join([*below, sk.split("#")[0]]) if not below or below[0] == "M" else below[0]


def plan(now: dict[Key, Item], then: dict[Key, Item], person: str | None) -> tuple[list[Item], list[Key]]:
    """What to write and what to remove, so that the table is what it was."""
    shredded = {key[0] for key in now if key[1] == SHREDDED}
    # Not whether it is empty: who calls meanwhile leaves counters, and may even register.
    is_lost = not any(key in then for key in now if is_persons(key) and key[1] == "PROFILE")

    def concerns(key: Key) -> bool:
        return person is None or is_of(person, key)

    def comes_back(key: Key) -> bool:
        if begins(key, ENDED, ENDED_OF_A_PERSON):
            return False
        if not is_lost and begins(key, KEPT, KEPT_OF_A_PERSON):
            return False
        return not (key[1].startswith("DATAKEY#") and key[0] in shredded)

    def stays(key: Key) -> bool:
        return begins(key, KEPT, (*KEPT_OF_A_PERSON, *ONLY_ADDED_OF_A_PERSON))

    written = [item for key, item in then.items() if concerns(key) and comes_back(key) and now.get(key) != item]
    wanted = {key for key in then if comes_back(key)}
    removed = [key for key in now if concerns(key) and key not in wanted and not stays(key)]
    return written, removed


def write(client: Any, table: str, requests: list[Item]) -> None:
    """All of them, however often the table asks to wait: the client waits between."""
    for start in range(0, len(requests), WRITTEN_AT_ONCE):
        left = {table: requests[start:start + WRITTEN_AT_ONCE]}
        while left:
            left = client.batch_write_item(RequestItems=left).get("UnprocessedItems", {})


def still_on(client: Any, outputs: dict[str, Any]) -> list[str]:
    """What of the stack can still write: functions that answer, and what brings messages to them."""
    on = []
    for name in functions(outputs):
        concurrency = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
        if concurrency != 0 and name != outputs[ANSWERS_ON]:
            on.append(name)
        on += [f"{mapping['EventSourceArn']} to {name}" for mapping in mappings(client, name) if mapping["State"] != "Disabled"]
    return on


def must_be_paused(outputs: dict[str, Any]) -> None:
    """Ends this if anybody can still write."""
    on = still_on(boto3.client("lambda"), outputs)
    if on:
        raise SystemExit("\n  ".join(["The stack is not paused: see pause.py. Still on:", *on]))


def told(name: str, keys: Iterator[Key]) -> None:
    kinds = Counter(kind(key) for key in keys)
    print(f"{name}: {sum(kinds.values())}" + "".join(f"\n  {count:8} {of}" for of, count in sorted(kinds.items())))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_stack(parser)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--from-table", help="a table that was restored")
    source.add_argument("--from-export", type=Path, help="a folder with *.json.gz, or one such file")
    source.add_argument("--save", type=Path, help="write the table down instead")
    parser.add_argument("--person", help="the id of the one person whose memories are put back")
    parser.add_argument("--apply", action="store_true", help="do it, instead of saying what would be done")
    options = parser.parse_args()
    outputs = outputs_of(options)
    table, client = outputs["TableName"], boto3.client("dynamodb")
    if options.save:
        save(scanned(client, table), options.save)
        return
    if options.from_table == table:
        raise SystemExit("That is the stack's own table.")
    if options.apply:
        must_be_paused(outputs)
    was = scanned(client, options.from_table) if options.from_table else exported(options.from_export)
    then = {key_of(item): item for item in was}
    if not then:
        raise SystemExit("There is nothing in it.")
    now = {key_of(item): item for item in scanned(client, table)}
    written, removed = plan(now, then, options.person)
    print(f"{len(now)} items now, {len(then)} then")
    told("to write", map(key_of, written))
    told("to remove", iter(removed))
    if not options.apply:
        print("Nothing was done: --apply does it.")
        return
    write(client, table, [{"PutRequest": {"Item": item}} for item in written])
    write(client, table, [{"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for pk, sk in removed])
    print("done; now have all indexes made again, and let the stack go on")


if __name__ == "__main__":
    main()
