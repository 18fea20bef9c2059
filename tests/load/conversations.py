"""What people asked Memo, looked for after the run: on each person's list of conversations, and what was said in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from journal import Account, Chat, There
from reader import PAGE, Problem, Reader


def problems(account: Account, reader: Reader) -> Iterator[Problem]:
    """What is wrong with one person's conversations. Each is called by its question, and no question is asked twice."""
    by_title: dict[str, list[dict[str, Any]]] = {}
    for one in reader.conversations():
        by_title.setdefault(one["title"], []).append(one)
    for chat in account.chats.values():
        found = by_title.pop(chat.question, [])
        yield from _listed(account.number, chat, found)
        if id := chat.conversation_id or next((one["id"] for one in found), None):
            status, body = reader.get(f"/ai/conversations/{id}/messages?limit={PAGE}")
            counts = [one["messageCount"] for one in found if one["id"] == id]
            yield from _read(account.number, chat, id, status, body, counts)
    for stranger in (one for strangers in by_title.values() for one in strangers):
        yield Problem("from nowhere", account.number, stranger["id"], "nobody asked what this conversation is called")


def _listed(number: int, chat: Chat, found: list[dict[str, Any]]) -> Iterator[Problem]:
    """What is wrong with a conversation on the list: it is there once."""
    if len(found) > 1:
        yield Problem("doubled", number, chat.conversation_id, f"its question is on the list of conversations {len(found)} times")
    elif found and chat.conversation_id not in (None, found[0]["id"]):
        yield Problem("lost", number, chat.conversation_id, "the list of conversations has it under another id")
    if chat.there is There.YES and not found:
        yield Problem("lost", number, chat.conversation_id, "its question was answered, and it is not on the list of conversations")


def _read(number: int, chat: Chat, id: str, status: int, body: dict[str, Any], counts: list[int]) -> Iterator[Problem]:
    """What is wrong with a conversation by itself."""
    # A question is kept together with the place of its answer.
    missing = "lost" if chat.there is There.YES else "half there"
    if status == 404:
        yield Problem(missing, number, id, "what was said in it cannot be read")
    elif status != 200:
        yield Problem("unchecked", number, id, f"reading what was said in it answered {status}")
    else:
        turns = body["messages"]
        if any(count != len(turns) for count in counts):
            yield Problem("miscounted", number, id, f"it says that it has {counts[0]} messages, and has {len(turns)}")
        for what, role, wanted_id, text in [("question", "user", chat.question_id, chat.question), ("answer", "memo", chat.answer_id, chat.answer)]:
            said = [turn for turn in turns if turn["role"] == role]
            if len(said) > 1:
                yield Problem("doubled", number, id, f"the {what} is in it {len(said)} times")
            elif not said:
                yield Problem(missing, number, id, f"the {what} is not in it")
            elif wanted_id not in (None, said[0]["id"]):
                yield Problem("lost", number, id, f"the {what} is in it under another id")
            if any(text not in (None, turn["text"]) for turn in said):
                yield Problem("stale", number, id, f"the {what} has another text than was acknowledged")
