"""Stops a stack without losing anything, and lets it go on: while the table is being put right, or to stop harm that is being done.

    python docs/runbooks/pause.py pause  --stack NAME            everything: no request is answered, no message is taken from a queue
    python docs/runbooks/pause.py pause  --stack NAME --workers  queues and the stream alone; people go on
    python docs/runbooks/pause.py resume --stack NAME
    … --outputs .local/outputs.json                              the same on the local cloud

Requests get 429 or 5xx of the gateway; Meta delivers again for seven days. What is in queues stays there for 14 days, and what the table's
stream tells for 24 hours. Doing it twice changes nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import boto3

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra"))

from deployed import add_stack, outputs_of

# It tells whether the product is there. All that it writes into the table is counts of who asks for metrics, which restore.py leaves as they are.
ANSWERS_ON = "OpsFunctionName"


def functions(outputs: dict[str, Any]) -> list[str]:
    return [outputs[key] for key in sorted(outputs) if key.endswith("FunctionName")]


def mappings(client: Any, function: str) -> list[dict[str, Any]]:
    """What brings messages to a function."""
    return client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]


def switch(client: Any, names: list[str], enabled: bool) -> None:
    """Begins or ends taking messages. Not by concurrency: messages that find no room would count as tried, and end among the dead letters."""
    wanted = "Enabled" if enabled else "Disabled"
    for name in names:
        for mapping in mappings(client, name):
            if mapping["State"] not in (wanted, "Enabling" if enabled else "Disabling"):
                client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)
    for name in names:
        while states := {mapping["State"] for mapping in mappings(client, name)} - {wanted}:
            print(f"{name}: {', '.join(sorted(states))}")
            time.sleep(5)


def pause(client: Any, outputs: dict[str, Any], options: argparse.Namespace) -> None:
    names = functions(outputs)
    switch(client, names, enabled=False)
    if not options.workers:
        for name in names:
            if name != outputs[ANSWERS_ON]:
                client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    print("paused: the queues" if options.workers else "paused: everything. What had begun may go on for up to 15 minutes")


def resume(client: Any, outputs: dict[str, Any], _options: argparse.Namespace) -> None:
    names = functions(outputs)
    for name in names:
        client.delete_function_concurrency(FunctionName=name)
    switch(client, names, enabled=True)
    print("everything goes on")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (pause, resume):
        sub = commands.add_parser(command.__name__)
        sub.set_defaults(command=command)
        add_stack(sub)
        if command is pause:
            sub.add_argument("--workers", action="store_true", help="queues and the stream alone")
    options = parser.parse_args()
    outputs = outputs_of(options)
    options.command(boto3.client("lambda"), outputs, options)


if __name__ == "__main__":
    main()
