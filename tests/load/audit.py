"""What was written, looked for after the run: on each person's lists, page by page, and by reading every memory and every conversation."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import conversations
from journal import Account, Ledger, Memory, There, read
from reader import Problem, Reader, Unreadable

AT_ONCE = 8
# Two lists that are read in different ways: one is the memories themselves, the other has entries of its own.
LISTS = ["created_at", "title"]


def check(account: Account, password: str, reader: Reader) -> list[Problem]:
    """What is wrong with one person's data."""
    try:
        return list(_problems(account, password, reader))
    except (Unreadable, KeyError, TypeError) as error:
        return [Problem("unchecked", account.number, None, f"{type(error).__name__}: {error}")]


def _problems(account: Account, password: str, reader: Reader) -> Iterator[Problem]:
    number = account.number
    if not reader.sign_in(account.email, password)["isVerified"] and account.is_verified:
        yield Problem("lost", number, None, "the address was proved, and is not")
    seen: dict[str, list[bool]] = {}
    for order in LISTS:
        listed, total = reader.memories(order)
        where = f"the list by {order}"
        if total != len(listed):
            yield Problem("miscounted", number, None, f"{where} says that it has {total} memories, and has {len(listed)}")
        by_title: dict[str, list[dict[str, Any]]] = {}
        for one in listed:
            by_title.setdefault(one.get("title") or "", []).append(one)
        for memory in account.memories.values():
            there = by_title.pop(memory.title, [])
            seen.setdefault(memory.mark, []).append(bool(there))
            yield from _listed(number, memory, there, where)
        for stranger in (one for strangers in by_title.values() for one in strangers):
            yield Problem("from nowhere", number, stranger["id"], f"it is on {where}, and nobody wrote it")
    for memory in account.memories.values():
        if memory.id is not None:
            status, body = reader.get(f"/memories/{memory.id}")
            seen[memory.mark].append(status == 200)
            yield from _read(number, memory, status, body)
        if memory.there is There.EITHER and len(set(seen[memory.mark])) > 1:
            yield Problem("half there", number, memory.id, "the answer was lost, and it is on one list or by its id, and not everywhere")
    yield from conversations.problems(account, reader)


def _listed(number: int, memory: Memory, found: list[dict[str, Any]], where: str) -> Iterator[Problem]:
    """What is wrong with a memory on one list: its titles are there once."""
    if len(found) > 1:
        ids = {one["id"] for one in found}
        yield Problem("doubled", number, memory.id, f"it is on {where} {len(found)} times, under {len(ids)} ids")
    elif found and memory.id not in (None, found[0]["id"]):
        yield Problem("lost", number, memory.id, f"{where} has it under another id")
    if memory.there is There.YES and not found:
        yield Problem("lost", number, memory.id, f"saving it was acknowledged, and it is not on {where}")
    if memory.there is There.NO and found:
        was = "saving it was refused" if memory.id is None else "it was said to be deleted"
        yield Problem("there", number, memory.id, f"{was}, and it is on {where}")
    for one in found:
        yield from _stale(number, memory, one, where)


def _read(number: int, memory: Memory, status: int, body: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with a memory by itself."""
    if status not in (200, 404):
        yield Problem("unchecked", number, memory.id, f"reading it answered {status}")
    elif status == 404 and memory.there is There.YES:
        yield Problem("lost", number, memory.id, "saving it was acknowledged, and it cannot be read")
    elif status == 200 and memory.there is There.NO:
        yield Problem("there", number, memory.id, "deleting it was acknowledged, and it can be read")
    elif status == 200:
        yield from _stale(number, memory, body["memory"], "the memory")


def _stale(number: int, memory: Memory, found: dict[str, Any], where: str) -> Iterator[Problem]:
    text = (found.get("content") or {}).get("text")
    if memory.there is not There.NO and text not in memory.texts:
        yield Problem("stale", number, memory.id, f"{where} has another text than was acknowledged last")


def check_all(ledger: Ledger, api_url: str) -> list[Problem]:
    """What is wrong with everybody's data."""
    accounts = [account for account in ledger.accounts.values() if account.is_registered]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda account: check(account, ledger.password, Reader(api_url)), accounts)
        return [problem for problems in found for problem in problems]


def summary(ledger: Ledger, problems: list[Problem]) -> dict[str, Any]:
    """What was looked for, and what was found, for the report."""
    memories = ledger.memories
    # What is lost is missed in several places, and counts once.
    once = dict.fromkeys((problem.kind, problem.person, problem.id or problem.what) for problem in problems)
    return {
        "people": sum(account.is_registered for account in ledger.accounts.values()),
        "addressesProved": sum(account.is_verified for account in ledger.accounts.values()),
        "memoriesThatMustBeThere": sum(memory.there is There.YES for memory in memories),
        "memoriesThatMustBeGone": sum(memory.there is There.NO for memory in memories),
        "chatsThatMustBeThere": sum(chat.there is There.YES for chat in ledger.chats),
        "answersLost": ledger.answers_lost,
        "problems": dict(Counter(kind for kind, *_ in once)),
        "details": [asdict(problem) for problem in problems],
    }


def told(found: dict[str, Any]) -> str:
    """The same for people."""
    there, gone = found["memoriesThatMustBeThere"], found["memoriesThatMustBeGone"]
    lines = [
        f"Of {found['people']} people, {found['addressesProved']} of them with a proved address, {there} memories must be there and {gone} must not, "
        f"and {found['chatsThatMustBeThere']} questions with Memo's answers must. Of {found['answersLost']} writes the answer was lost."
    ]
    if not found["problems"]:
        return "\n".join([*lines, "Nothing acknowledged was lost, nothing is there twice, and nothing deleted is back."])
    lines += ["", "!" * 78, "WHAT WAS WRITTEN IS NOT AS IT WAS ACKNOWLEDGED: " + ", ".join(f"{count} {kind}" for kind, count in found["problems"].items())]
    lines += [f"  {one['kind']}: person {one['person']}, {one['id']}: {one['what']}" for one in found["details"][:20]]
    return "\n".join([*lines, "!" * 78])


def main() -> None:
    parser = argparse.ArgumentParser(description="Looks once more for everything that a run wrote.")
    parser.add_argument("outputs", type=Path, help="of the stack that it was put on")
    parser.add_argument("journal", type=Path, help="of the run, such as .local/load-stack.jsonl")
    options = parser.parse_args()
    ledger = read(options.journal)
    found = summary(ledger, check_all(ledger, json.loads(options.outputs.read_text())["ApiUrl"]))
    print(told(found))
    sys.exit(1 if found["problems"] else 0)


if __name__ == "__main__":
    main()
