"""Dead letters: how many wait where, what they are, back to their queue, or away with what no worker will ever read.

    python docs/runbooks/dead_letters.py count   --stack NAME              all queues
    python docs/runbooks/dead_letters.py show    --stack NAME Mail         what they are: ids and kinds, nothing people wrote
    python docs/runbooks/dead_letters.py redrive --stack NAME Mail         back to the queue that they came from
    python docs/runbooks/dead_letters.py drop    --stack NAME Mail --id …  for good; its body goes to --keep first
    … --outputs .local/outputs.json                                        the same on the local cloud

Runs in the virtual environment (boto3) with whatever AWS settings the environment has. A message is sent to its queue before it is taken
from the dead letters: whoever ends this in between sends it twice, which changes nothing. Those that stay can be seen by others again when it ends.
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

Message = dict[str, Any]

SUFFIX = "DeadLettersUrl"
# How long a message that is looked at is out of the way, should this be killed: as long as it takes to look at a great many.
HIDDEN_SECONDS = 600
# What a message that was sent behind its group is known by: the id that it had before, and that logs have.
FIRST_ID = "firstMessageId"
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


class DeadLetters:
    """All messages of a queue, out of the way of others while they are looked at."""

    def __init__(self, sqs: Any, url: str) -> None:
        self.sqs, self.url = sqs, url
        self.known: set[str] = set()
        self.held: dict[str, Message] = {}

    def __enter__(self) -> DeadLetters:
        return self

    def __exit__(self, *_: object) -> None:
        self.put_back()

    def __iter__(self) -> Iterator[Message]:
        """Each once, the oldest first as far as the queue keeps an order."""
        seen: set[str] = set()
        while found := self.received():
            for message in found:
                if id_of(message) not in seen:
                    seen.add(id_of(message))
                    yield message

    def received(self) -> list[Message]:
        answer = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN_SECONDS, WaitTimeSeconds=2,
            AttributeNames=["All"], MessageAttributeNames=["All"],
        )
        found = answer.get("Messages", [])
        self.known.update(id_of(message) for message in found)
        self.held.update((message["MessageId"], message) for message in found)
        return found

    def chosen(self, ids: list[str]) -> Iterator[Message]:
        """Those with one of the ids, or all if there is none. Whoever asks for ids removes what they get."""
        missing = set(ids)
        for message in self:
            if not ids or id_of(message) in missing:
                missing.discard(id_of(message))
                yield message
        if missing and self.url.endswith(".fifo"):
            yield from self.behind_others(missing)

    def behind_others(self, ids: set[str]) -> Iterator[Message]:
        """Those with one of the ids, wherever they stand. A FIFO queue hands out nothing of a group while another one of it is held: each that is not
        looked for goes behind the rest of its group, until all have, and stand in their order again."""
        self.put_back()
        for message in self:
            if id_of(message) in ids:
                yield message
            else:
                send(self.sqs, self.url, message, first_id=id_of(message))
                self.remove(message)

    def remove(self, message: Message) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        del self.held[message["MessageId"]]

    def put_back(self) -> None:
        """Lets others see again what was not removed."""
        while self.held:
            _, message = self.held.popitem()
            self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)


def id_of(message: Message) -> str:
    """The id under which it died."""
    return message.get("MessageAttributes", {}).get(FIRST_ID, {}).get("StringValue", message["MessageId"])


def is_of_the_stream(message: Message) -> bool:
    """Whether it tells of a batch of the table's stream that failed: no job, and nothing that a queue could do."""
    return "DDBStreamBatchInfo" in message["Body"]


def in_short(message: Message) -> str:
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
    return f"{id_of(message)}  sent {sent}, {len(message['Body'])} bytes: {told}"


def send(sqs: Any, url: str, message: Message, first_id: str | None = None) -> None:
    """Sends it as it was. In a FIFO queue it goes behind what its group has by now."""
    fifo = {}
    if url.endswith(".fifo"):
        # Of its own: the queue would take the old one for a message that it has had, for five minutes.
        fifo = {"MessageGroupId": message["Attributes"]["MessageGroupId"], "MessageDeduplicationId": str(uuid.uuid4())}
    attributes = {
        name: {key: value[key] for key in ("DataType", "StringValue", "BinaryValue") if key in value}
        for name, value in message.get("MessageAttributes", {}).items()
        if name != FIRST_ID
    }
    if first_id:
        attributes[FIRST_ID] = {"DataType": "String", "StringValue": first_id}
    sqs.send_message(QueueUrl=url, MessageBody=message["Body"], MessageAttributes=attributes, **fifo)


def count(sqs: Any, all_queues: dict[str, tuple[str, str]], _options: argparse.Namespace) -> None:
    for name, (dead, queue) in all_queues.items():
        (lost, seen), (due, running) = waiting(sqs, dead), waiting(sqs, queue)
        print(f"{name:10} {lost + seen:6} dead, {due:6} waiting, {running:6} at work")


def show(sqs: Any, all_queues: dict[str, tuple[str, str]], options: argparse.Namespace) -> None:
    dead, _ = all_queues[options.queue]
    with DeadLetters(sqs, dead) as letters:
        for message in letters:
            print(in_short(message))
        behind = waiting(sqs, dead)[0] if dead.endswith(".fifo") else 0
    print(f"{len(letters.known)} in all" if not behind else f"{len(letters.known)}, and about {behind} behind them in their chats")


def redrive(sqs: Any, all_queues: dict[str, tuple[str, str]], options: argparse.Namespace) -> None:
    dead, queue = all_queues[options.queue]
    moved = 0
    with DeadLetters(sqs, dead) as letters:
        for message in letters.chosen(options.id):
            if not is_of_the_stream(message):
                send(sqs, queue, message)
                letters.remove(message)
                moved += 1
    print(f"{moved} sent back, {len(letters.known) - moved} left")


def drop(sqs: Any, all_queues: dict[str, tuple[str, str]], options: argparse.Namespace) -> None:
    if not options.id or not options.keep:
        raise SystemExit("drop needs --id (or --id all) and --keep, a file for what it drops. People's words may be in it.")
    dead, _ = all_queues[options.queue]
    dropped = 0
    with options.keep.open("a", encoding="utf-8") as kept, DeadLetters(sqs, dead) as letters:
        options.keep.chmod(0o600)
        for message in letters.chosen([] if "all" in options.id else options.id):
            known = {"MessageId": id_of(message), **{key: message[key] for key in ("Body", "Attributes")}}
            kept.write(json.dumps({"queue": options.queue, **known}) + "\n")
            kept.flush()
            letters.remove(message)
            dropped += 1
    print(f"{dropped} dropped, {len(letters.known) - dropped} left; kept in {options.keep}")


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
