"""Dead letters: how many wait where, what they are, back to their queue, or away with what no worker will ever read.

    python docs/runbooks/dead_letters.py count  --stack memory-app              all queues
    python docs/runbooks/dead_letters.py show   --stack memory-app Mail         what they are: ids and kinds, nothing people wrote
    python docs/runbooks/dead_letters.py redrive --stack memory-app Mail        back to the queue that they came from
    python docs/runbooks/dead_letters.py drop   --stack memory-app Mail --id …  for good; its body goes to --keep first
    … --outputs .local/outputs.json                                             the same on the local cloud

Runs in the virtual environment (boto3) with whatever AWS settings the environment has. A message is sent to its queue before it is taken
from the dead letters: whoever ends this in between sends it twice, which changes nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra"))

from deployed import add_stack, outputs_of

SUFFIX = "DeadLettersUrl"
# How long a message that is looked at is out of the way. It is there again then, unless it was moved or dropped.
HIDDEN_SECONDS = 60
# Members of a job that name what it is about. Whatever else is in a body may be what somebody wrote.
TELLING = ("kind", "job", "type", "provider", "id", "userId", "owner", "requestedAt", "attempt")


def queues(outputs: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """By name, the dead letters' address and that of the queue they come from."""
    names = sorted(key.removesuffix(SUFFIX) for key in outputs if key.endswith(SUFFIX))
    return {name: (outputs[name + SUFFIX], outputs[f"{name}QueueUrl"]) for name in names}


def waiting(sqs: Any, url: str) -> tuple[int, int]:
    """How many wait, and how many are being looked at, about."""
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    return int(found[wanted[0]]), int(found[wanted[1]])


def messages(sqs: Any, url: str) -> Iterator[dict[str, Any]]:
    """Each message once, the oldest first as far as the queue keeps an order."""
    seen: set[str] = set()
    while True:
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN_SECONDS, WaitTimeSeconds=2,
            AttributeNames=["All"], MessageAttributeNames=["All"],
        )
        found = [message for message in answer.get("Messages", []) if message["MessageId"] not in seen]
        if not found:
            return
        seen.update(message["MessageId"] for message in found)
        yield from found


def is_of_the_stream(message: dict[str, Any]) -> bool:
    """Whether it tells of a batch of the table's stream that failed: no job, and nothing that a queue could do."""
    return "DDBStreamBatchInfo" in message["Body"]


def in_short(message: dict[str, Any]) -> str:
    """A line that holds nothing people wrote."""
    try:
        body = json.loads(message["Body"])
    except ValueError:
        body = None
    if is_of_the_stream(message):
        told = "a batch of the stream"
    elif isinstance(body, dict):
        told = " ".join(f"{key}={body[key]}" for key in TELLING if isinstance(body.get(key), (str, int))) or "a message"
    else:
        told = "not JSON"
    attributes = message["Attributes"]
    sent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(attributes["SentTimestamp"]) / 1000))
    return f"{message['MessageId']}  sent {sent}, {len(message['Body'])} bytes: {told}"


def send(sqs: Any, url: str, message: dict[str, Any]) -> None:
    """Sends it as it was. In a FIFO queue it goes behind what its group has by now."""
    fifo = {}
    if url.endswith(".fifo"):
        # Of its own: the queue would take the old one for a message that it has had, for five minutes.
        fifo = {"MessageGroupId": message["Attributes"]["MessageGroupId"], "MessageDeduplicationId": str(uuid.uuid4())}
    attributes = {
        name: {key: value[key] for key in ("DataType", "StringValue", "BinaryValue") if key in value}
        for name, value in message.get("MessageAttributes", {}).items()
    }
    sqs.send_message(QueueUrl=url, MessageBody=message["Body"], MessageAttributes=attributes, **fifo)


def remove(sqs: Any, url: str, message: dict[str, Any]) -> None:
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def put_back(sqs: Any, url: str, message: dict[str, Any]) -> None:
    """Lets others see it again at once."""
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)


def count(sqs: Any, all_queues: dict[str, tuple[str, str]], _options: argparse.Namespace) -> None:
    for name, (dead, queue) in all_queues.items():
        (lost, seen), (due, running) = waiting(sqs, dead), waiting(sqs, queue)
        print(f"{name:10} {lost + seen:6} dead, {due:6} waiting, {running:6} at work")


def show(sqs: Any, all_queues: dict[str, tuple[str, str]], options: argparse.Namespace) -> None:
    dead, _ = all_queues[options.queue]
    found = []
    try:
        for message in messages(sqs, dead):
            found.append(message)
            print(in_short(message))
    finally:
        for message in found:
            put_back(sqs, dead, message)
    print(f"{len(found)} in all")


def redrive(sqs: Any, all_queues: dict[str, tuple[str, str]], options: argparse.Namespace) -> None:
    dead, queue = all_queues[options.queue]
    moved = left = 0
    for message in messages(sqs, dead):
        unwanted = options.id and message["MessageId"] not in options.id
        if unwanted or is_of_the_stream(message):
            left += 1
            put_back(sqs, dead, message)
            continue
        send(sqs, queue, message)
        remove(sqs, dead, message)
        moved += 1
    print(f"{moved} sent back, {left} left")


def drop(sqs: Any, all_queues: dict[str, tuple[str, str]], options: argparse.Namespace) -> None:
    if not options.id or not options.keep:
        raise SystemExit("drop needs --id (or --id all) and --keep, a file for what it drops. People's words may be in it.")
    dead, _ = all_queues[options.queue]
    dropped = 0
    with options.keep.open("a", encoding="utf-8") as kept:
        options.keep.chmod(0o600)
        for message in messages(sqs, dead):
            if "all" not in options.id and message["MessageId"] not in options.id:
                put_back(sqs, dead, message)
                continue
            known = {key: message[key] for key in ("MessageId", "Body", "Attributes")}
            kept.write(json.dumps({"queue": options.queue, **known}) + "\n")
            kept.flush()
            remove(sqs, dead, message)
            dropped += 1
    print(f"{dropped} dropped, kept in {options.keep}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (count, show, redrive, drop):
        sub = commands.add_parser(command.__name__)
        sub.set_defaults(command=command)
        add_stack(sub)
        if command is not count:
            sub.add_argument("queue", help="Inbound, Jobs, Imports, Drives, Mail, Chores, Index, Media or Outbound")
        if command in (redrive, drop):
            sub.add_argument("--id", action="append", default=[], help="this message alone; may be repeated")
        if command is drop:
            sub.add_argument("--keep", type=Path, help="where what is dropped is written to")
    options = parser.parse_args()
    outputs = outputs_of(options)
    all_queues = queues(outputs)
    if getattr(options, "queue", None) not in (None, *all_queues):
        raise SystemExit(f"There is no such queue; there are: {', '.join(all_queues)}")
    options.command(boto3.client("sqs"), all_queues, options)


if __name__ == "__main__":
    main()
