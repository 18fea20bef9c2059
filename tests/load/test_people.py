"""What a person notes of a write follows from its answer, and what nobody knows is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from answers import Answer, finds
from journal import Chat, Journal, Memory, There
from mailbox import Mailbox
from people import SECONDS_TO_REFRESH, Person
from report import Record
from stages import Settings

TOKENS = {"accessToken": "a", "refreshToken": "r"}
MEMO = {"response": "Nothing.", "conversationId": "id-2", "questionId": "id-3", "messageId": "id-4"}


class Somebody(Person):
    """A person whose calls are answered with these statuses, one after the other."""

    def __init__(self, journal: Journal) -> None:
        self.journal, self.mailbox, self.name_of_run = journal, Mailbox("http://127.0.0.1:1"), "test"
        self.record = Record(Settings())
        self.statuses: list[int] = []
        self.called: list[str] = []

    def call(self, method: str, route: str, *_: Any, expected: int = 200, done_before: int | None = None, **further: Any) -> Answer:
        self.called.append(f"{method} {route}")
        body = TOKENS | MEMO | {"memory": {"id": "id-1"}, "degraded": True}
        return Answer(self.statuses.pop(0), expected, body, done_before)


@pytest.fixture
def somebody(tmp_path: Path) -> Iterator[Somebody]:
    journal = Journal(tmp_path / "journal.jsonl", "Password1!")
    person = Somebody(journal)
    person.statuses = [201]
    person.register()
    yield person
    journal.close()


def test_a_write_whose_answer_is_lost_is_open_and_is_not_touched_again(somebody: Somebody) -> None:
    somebody.statuses = [201, 503, 201]
    somebody.create()
    somebody.change()
    assert [(memory.there, memory.is_open) for memory in somebody.account.memories.values()] == [(There.YES, True)]
    somebody.delete()
    assert somebody.called[1:] == ["POST /memories", "PATCH /memories/{id}", "POST /memories"], "there is nothing to delete, so another is written"


@pytest.mark.parametrize(("status", "there"), [(204, There.NO), (404, There.NO), (409, There.YES), (503, There.EITHER), (0, There.EITHER)])
def test_a_deleted_memory_is_gone_if_the_answer_says_so(somebody: Somebody, status: int, there: There) -> None:
    somebody.statuses = [201, status]
    somebody.create()
    somebody.delete()
    assert [memory.there for memory in somebody.account.memories.values()] == [there]


@pytest.mark.parametrize(("status", "chat"), [
    (200, Chat("", There.YES, "id-2", "id-3", "id-4", "Nothing.", is_open=False)), (429, Chat("", is_open=False)), (503, Chat("")),
])
def test_what_memo_was_asked_is_there_if_it_was_answered(somebody: Somebody, status: int, chat: Chat) -> None:
    somebody.statuses = [201, status]
    somebody.create()
    somebody.ask()
    (memory,) = somebody.account.memories.values()
    chat.question = f"What did I note about the {memory.title}?"
    assert somebody.account.chats == {memory.mark: chat}


def test_nothing_is_asked_twice(somebody: Somebody) -> None:
    somebody.statuses = [201, 503, 201]
    somebody.create()
    somebody.ask()
    somebody.ask()
    assert somebody.called[1:] == ["POST /memories", "POST /ai/chat", "POST /memories"], "there is nothing left to ask, so another is written"


def test_searches_that_were_answered_are_counted(somebody: Somebody) -> None:
    somebody.statuses = [201, 200, 503]
    somebody.create()
    somebody.search()
    somebody.search()
    assert (somebody.record.searches, somebody.record.degraded) == (1, 1)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (204, None), (404, "answered 404"), (429, "answered 429"), (503, "answered 503"), (0, "no answer: TimeoutError"),
        (401, "wrong answer: answered 401"), (200, "wrong answer: answered 200"),
    ],
)
def test_who_does_everything_right_is_answered_no_other_status(somebody: Somebody, status: int, failure: str | None) -> None:
    failures: list[str | None] = []

    @contextmanager
    def request(*_: Any, **further: Any) -> Iterator[Any]:
        yield SimpleNamespace(
            status_code=status, text="", error=TimeoutError(), failure=failures.append, success=lambda: failures.append(None),
        )

    somebody.client = SimpleNamespace(request=request)
    Person.call(somebody, "DELETE", "/memories/{id}", "id-1", expected=204, done_before=404)
    assert failures == [failure]


def test_who_cannot_renew_a_token_logs_in(somebody: Somebody) -> None:
    somebody.token_since -= SECONDS_TO_REFRESH + 1
    somebody.statuses = [503, 200, 200]
    somebody.list()
    somebody.list()
    assert somebody.called[1:] == ["POST /auth/refresh", "POST /auth/login", "GET /memories"]


def test_a_search_that_says_it_is_whole_must_find() -> None:
    found = finds(Memory("mark", "title", ["text"], id="id-1"))
    other, file = {"memory": {"id": "id-2"}}, {"memory": None}
    assert found({"degraded": False, "results": [file, other, {"memory": {"id": "id-1"}}]})
    assert not found({"degraded": False, "results": [file, other]})
    assert found({"degraded": True, "results": []})
