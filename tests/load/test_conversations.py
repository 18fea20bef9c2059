"""What Memo was asked is looked for as well: whatever an API loses or doubles of it is found out, through HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit import check_all, summary
from journal import Journal, There, read
from played_api import Api, kinds


def asked(journal: Journal, question: str, id: str | None) -> None:
    """A question, and where it is kept if it was answered."""
    journal.note(what="ask", person=1, outcome="sent", mark=question, question=question)
    if id:
        journal.note(
            what="ask", person=1, outcome="done", mark=question, response=f"to {question}",
            conversationId=id, questionId=f"{id}-user", messageId=f"{id}-memo",
        )


def kept(api: Api, journal: Journal, *questions: str) -> None:
    for question in questions:
        asked(journal, question, f"id-{question}")
        api.keep(f"id-{question}", question, f"to {question}")


def test_finds_nothing_where_nothing_is_wrong(api: Api, journal: Journal) -> None:
    kept(api, journal, "a", "b", "c", "d", "e")
    assert kinds(api, journal.ledger) == set()
    assert summary(journal.ledger, [])["chatsThatMustBeThere"] == 5


def test_finds_a_conversation_that_was_dropped(api: Api, journal: Journal) -> None:
    kept(api, journal, "a", "b", "c")
    del api.said["id-b"], api.conversations[1]
    problems = check_all(journal.ledger, api.url)
    assert summary(journal.ledger, problems)["problems"] == {"lost": 1}, "one conversation, however many places it is missed in"


def test_finds_a_conversation_that_the_list_has_lost(api: Api, journal: Journal) -> None:
    kept(api, journal, "a", "b", "c")
    del api.conversations[2]
    assert kinds(api, journal.ledger) == {"lost"}


def test_finds_a_conversation_that_is_there_twice(api: Api, journal: Journal) -> None:
    kept(api, journal, "a")
    api.keep("id-again", "a", "to a")
    assert kinds(api, journal.ledger) == {"doubled"}


def test_finds_a_conversation_that_nobody_began(api: Api, journal: Journal) -> None:
    api.keep("id-x", "x", "to x")
    assert kinds(api, journal.ledger) == {"from nowhere"}


@pytest.mark.parametrize("turn", [0, 1])
def test_finds_what_was_lost_of_a_conversation(api: Api, journal: Journal, turn: int) -> None:
    kept(api, journal, "a")
    del api.said["id-a"][turn]
    assert kinds(api, journal.ledger) == {"lost", "miscounted"}


@pytest.mark.parametrize("turn", [0, 1])
def test_finds_what_was_said_twice(api: Api, journal: Journal, turn: int) -> None:
    kept(api, journal, "a")
    api.said["id-a"].append(api.said["id-a"][turn] | {"id": "id-again"})
    assert kinds(api, journal.ledger) == {"doubled", "miscounted"}


@pytest.mark.parametrize("turn", [0, 1])
def test_finds_what_was_said_otherwise(api: Api, journal: Journal, turn: int) -> None:
    kept(api, journal, "a")
    api.said["id-a"][turn]["text"] = "something else"
    assert kinds(api, journal.ledger) == {"stale"}


def test_takes_a_question_whose_answer_was_lost_either_way_and_not_twice(api: Api, journal: Journal) -> None:
    asked(journal, "a", None)
    assert (journal.ledger.answers_lost, kinds(api, journal.ledger)) == (1, set())
    api.keep("id-a", "a", "")
    assert kinds(api, journal.ledger) == set()
    api.keep("id-again", "a", "")
    assert kinds(api, journal.ledger) == {"doubled"}


def test_finds_a_question_that_was_kept_by_half(api: Api, journal: Journal) -> None:
    asked(journal, "a", None)
    api.keep("id-a", "a", "")
    del api.said["id-a"]
    assert kinds(api, journal.ledger) == {"half there"}
    api.said["id-a"] = [{"id": "id-a-user", "role": "user", "text": "a"}]
    assert kinds(api, journal.ledger) == {"half there", "miscounted"}


def test_a_question_that_was_refused_may_be_kept(api: Api, journal: Journal) -> None:
    asked(journal, "a", None)
    journal.note(what="ask", person=1, outcome="refused", mark="a")
    assert (journal.ledger.answers_lost, journal.ledger.chats[0].there) == (0, There.EITHER)
    api.keep("id-a", "a", "")
    assert kinds(api, journal.ledger) == set()


def test_the_journal_says_the_same_when_it_is_read_again(api: Api, journal: Journal, tmp_path: Path) -> None:
    kept(api, journal, "a", "b")
    asked(journal, "c", None)
    again = read(tmp_path / "journal.jsonl")
    assert again.accounts == journal.ledger.accounts
    assert kinds(api, again) == set()
