"""What people wrote and what they were answered: noted before each write is sent and after it is answered.

From this follows what must be there afterwards. Every line is kept in a file, so that a run can be checked again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, TextIO


class There(Enum):
    """Whether something must be there."""

    YES = "yes"
    NO = "no"
    # The answer was lost: it was done or it was not.
    EITHER = "either"


class Outcome(str, Enum):
    """What became of a write."""

    SENT = "sent"
    DONE = "done"
    # The answer said that nothing was done.
    REFUSED = "refused"


@dataclass
class Memory:
    """A memory that a person tried to make."""

    mark: str
    title: str
    # What may be in it: one text, or two if the answer to the last change was lost.
    texts: list[str]
    there: There = There.EITHER
    id: str | None = None
    # A write to it is under way, or its answer was lost. It may still be done later, so nothing more is written to it.
    is_open: bool = True

    @property
    def is_known(self) -> bool:
        """It is there, under a known id, and what is in it is certain."""
        return self.there is There.YES and not self.is_open and self.id is not None


@dataclass
class Chat:
    """What a person asked Memo about a memory, in a conversation of its own."""

    question: str
    # Memo keeps a question before it answers it, so that nothing but an answer says whether it is there.
    there: There = There.EITHER
    conversation_id: str | None = None
    question_id: str | None = None
    answer_id: str | None = None
    answer: str | None = None
    is_open: bool = True


@dataclass
class Account:
    """A person's account, and what is in it."""

    number: int
    email: str
    is_registered: bool = False
    is_verified: bool = False
    memories: dict[str, Memory] = field(default_factory=dict)
    # By the marks of the memories that they are about.
    chats: dict[str, Chat] = field(default_factory=dict)

    @property
    def known(self) -> list[Memory]:
        """The memories that the person can do something with."""
        return [memory for memory in self.memories.values() if memory.is_known]


class Ledger:
    """What must be there, by what was noted."""

    def __init__(self) -> None:
        self.password = ""
        self.accounts: dict[int, Account] = {}

    def take(self, line: dict[str, Any]) -> None:
        """One line of the journal."""
        if line["what"] == "run":
            self.password = line["password"]
            return
        if line["what"] == "person":
            self.accounts[line["person"]] = Account(line["person"], line["email"])
            return
        account, outcome = self.accounts[line["person"]], Outcome(line["outcome"])
        if line["what"] == "register":
            account.is_registered = outcome is Outcome.DONE
        elif line["what"] == "verify":
            account.is_verified = outcome is Outcome.DONE
        elif line["what"] == "create":
            _created(account, outcome, line)
        elif line["what"] == "change":
            _changed(account.memories[line["mark"]], outcome, line)
        elif line["what"] == "delete":
            _deleted(account.memories[line["mark"]], outcome)
        elif line["what"] == "ask":
            _asked(account, outcome, line)
        else:
            raise ValueError(f"a journal does not know {line['what']!r}")

    @property
    def memories(self) -> list[Memory]:
        """All memories of all people."""
        return [memory for account in self.accounts.values() for memory in account.memories.values()]

    @property
    def chats(self) -> list[Chat]:
        """All questions of all people."""
        return [chat for account in self.accounts.values() for chat in account.chats.values()]

    @property
    def answers_lost(self) -> int:
        """How many memories and questions there are whose last answer was lost."""
        return sum(memory.is_open for memory in self.memories) + sum(chat.is_open for chat in self.chats)


def _created(account: Account, outcome: Outcome, line: dict[str, Any]) -> None:
    if outcome is Outcome.SENT:
        account.memories[line["mark"]] = Memory(line["mark"], line["title"], [line["text"]])
        return
    memory = account.memories[line["mark"]]
    memory.there = There.YES if outcome is Outcome.DONE else There.NO
    memory.id, memory.is_open = line.get("id"), False


def _changed(memory: Memory, outcome: Outcome, line: dict[str, Any]) -> None:
    memory.is_open = outcome is Outcome.SENT
    if outcome is Outcome.SENT:
        memory.texts.append(line["text"])
    elif outcome is Outcome.DONE:
        memory.texts = memory.texts[-1:]
    else:
        memory.texts.pop()


def _deleted(memory: Memory, outcome: Outcome) -> None:
    memory.is_open = outcome is Outcome.SENT
    memory.there = {Outcome.SENT: There.EITHER, Outcome.DONE: There.NO, Outcome.REFUSED: There.YES}[outcome]


def _asked(account: Account, outcome: Outcome, line: dict[str, Any]) -> None:
    if outcome is Outcome.SENT:
        account.chats[line["mark"]] = Chat(line["question"])
        return
    chat = account.chats[line["mark"]]
    chat.is_open = False
    if outcome is Outcome.DONE:
        chat.there, chat.answer = There.YES, line["response"]
        chat.conversation_id, chat.question_id, chat.answer_id = line["conversationId"], line["questionId"], line["messageId"]


class Journal:
    """The ledger of a run that goes on, and its file."""

    def __init__(self, path: Path, password: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        self.ledger = Ledger()
        self._file: TextIO = path.open("a", encoding="utf-8")
        self.note(what="run", password=password)

    def note(self, **line: Any) -> None:
        """Notes one line; it is in the file when this returns."""
        self.ledger.take(line)
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Ledger:
    """The ledger of a run that is over."""
    ledger = Ledger()
    with path.open(encoding="utf-8") as file:
        for line in file:
            ledger.take(json.loads(line))
    return ledger
