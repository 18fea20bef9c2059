"""What people are answered, and whether it is what they should be answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from journal import Memory, Outcome

# The failure of an answer that is not right, or that has a status that it should not have.
WRONG = "wrong answer"


@dataclass
class Answer:
    """What came back: a status, 0 if nothing did, and the body."""

    status: int
    expected: int
    body: dict[str, Any] = field(default_factory=dict)
    # The status that says that it was done before, for what the HTTP client may send twice.
    done_before: int | None = None

    @property
    def is_expected(self) -> bool:
        return self.status == self.expected

    @property
    def is_wrong(self) -> bool:
        """Nobody who does everything right is answered this. Limits, and what fails on their side, are counted by themselves."""
        return 0 < self.status < 500 and self.status not in (self.expected, self.done_before, 429)

    @property
    def outcome(self) -> Outcome:
        """What became of a write. Of one that failed on their side nobody knows."""
        if self.status in (self.expected, self.done_before):
            return Outcome.DONE
        return Outcome.REFUSED if 400 <= self.status < 500 else Outcome.SENT


def finds(memory: Memory) -> Callable[[dict[str, Any]], bool]:
    """Whether a search has found a memory, or says itself that something may be missing."""
    return lambda body: body["degraded"] or any((one.get("memory") or {}).get("id") == memory.id for one in body["results"])


def is_kept(body: dict[str, Any]) -> bool:
    """Whether Memo has said something, and where it is kept."""
    return all(body[name] for name in ("response", "conversationId", "questionId", "messageId"))


def unexpected(answer: Answer, error: Exception | None) -> str:
    """What is wrong with an answer of another status."""
    if not answer.status:
        return f"no answer: {type(error).__name__}"
    return f"{WRONG}: answered {answer.status}" if answer.is_wrong else f"answered {answer.status}"


def understood(answer: Answer, text: str, is_right: Any) -> str | None:
    """Reads the body into the answer. What is wrong with it, if anything is."""
    if answer.expected == 204:
        return None
    try:
        body = json.loads(text)
        answer.body = body if isinstance(body, dict) else {}
        return None if is_right is None or is_right(body) else WRONG
    except (ValueError, KeyError, TypeError) as error:
        return f"{WRONG}, unreadable: {type(error).__name__}"
