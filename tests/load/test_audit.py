"""The check of the data can fail: whatever an API loses, doubles or brings back is found out, through HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

import audit
import load
import reader
from journal import Journal, read
from played_api import Api, kinds


def wrote(journal: Journal, what: str, outcome: str | None, mark: str, text: str = "", id: str | None = None) -> None:
    """A write that was sent, and how it was answered, if it was."""
    journal.note(what=what, person=1, outcome="sent", mark=mark, title=f"title {mark}", text=text)
    if outcome:
        journal.note(what=what, person=1, outcome=outcome, mark=mark, id=id)


def saved(api: Api, journal: Journal, *marks: str) -> None:
    for mark in marks:
        wrote(journal, "create", "done", mark, f"text {mark}", f"id-{mark}")
        api.save(f"id-{mark}", f"title {mark}", f"text {mark}")


def test_finds_nothing_where_nothing_is_wrong(api: Api, journal: Journal) -> None:
    saved(api, journal, "a", "b", "c", "d", "e")
    assert kinds(api, journal.ledger) == set()


def test_finds_a_memory_that_was_dropped(api: Api, journal: Journal) -> None:
    saved(api, journal, "a", "b", "c")
    del api.memories["id-b"]
    for entries in api.lists.values():
        del entries[1]
    assert kinds(api, journal.ledger) == {"lost"}
    found = audit.summary(journal.ledger, audit.check_all(journal.ledger, api.url))
    assert found["problems"] == {"lost": 1}, "one memory, however many places it is missed in"
    assert "NOT AS IT WAS ACKNOWLEDGED" in audit.told(found) and "id-b" in audit.told(found)
    fine = {"on": "stack", "own": {"errors": 0}, "total": {"refused": 0, "failures": {}}, "searches": {"degradedShare": 0}}
    assert load.verdict(fine | {"writes": found}) == ["writes were lost, doubled or could not be checked"]


@pytest.mark.parametrize("order", audit.LISTS)
def test_finds_a_memory_that_one_list_has_lost(api: Api, journal: Journal, order: str) -> None:
    saved(api, journal, "a", "b", "c")
    del api.lists[order][2]
    assert kinds(api, journal.ledger) == {"lost"}


def test_finds_a_memory_that_cannot_be_read(api: Api, journal: Journal) -> None:
    saved(api, journal, "a")
    api.memories.clear()
    assert kinds(api, journal.ledger) == {"lost"}


def test_finds_a_change_that_was_lost(api: Api, journal: Journal) -> None:
    saved(api, journal, "a")
    wrote(journal, "change", "done", "a", "a new text")
    assert kinds(api, journal.ledger) == {"stale"}
    api.memories["id-a"]["content"]["text"] = "a new text"
    assert kinds(api, journal.ledger) == {"stale"}, "the lists have the old one"
    for entries in api.lists.values():
        entries[0]["content"] = {"text": "a new text"}
    assert kinds(api, journal.ledger) == set()


def test_finds_what_was_deleted_and_is_there(api: Api, journal: Journal) -> None:
    saved(api, journal, "a")
    wrote(journal, "delete", "done", "a")
    assert kinds(api, journal.ledger) == {"there"}


def test_finds_a_memory_that_is_there_twice(api: Api, journal: Journal) -> None:
    saved(api, journal, "a")
    api.save("id-again", "title a", "text a")
    assert kinds(api, journal.ledger) == {"doubled"}


def test_finds_a_memory_that_nobody_wrote(api: Api, journal: Journal) -> None:
    api.save("id-x", "title x", "text x")
    assert kinds(api, journal.ledger) == {"from nowhere"}


def test_finds_a_memory_whose_saving_was_refused(api: Api, journal: Journal) -> None:
    wrote(journal, "create", "refused", "a", "text a")
    assert kinds(api, journal.ledger) == set()
    api.save("id-a", "title a", "text a")
    assert kinds(api, journal.ledger) == {"there"}


def test_takes_a_write_whose_answer_was_lost_either_way_and_not_twice(api: Api, journal: Journal) -> None:
    wrote(journal, "create", None, "a", "text a")
    assert kinds(api, journal.ledger) == set()
    api.save("id-a", "title a", "text a")
    assert kinds(api, journal.ledger) == set()
    api.save("id-again", "title a", "text a")
    assert kinds(api, journal.ledger) == {"doubled"}
    del api.lists["title"][:]
    assert kinds(api, journal.ledger) == {"doubled", "half there"}


def test_takes_either_text_after_a_change_whose_answer_was_lost_and_no_third(api: Api, journal: Journal) -> None:
    saved(api, journal, "a")
    wrote(journal, "change", None, "a", "a new text")
    assert kinds(api, journal.ledger) == set()
    assert journal.ledger.accounts[1].known == [], "nothing more is written to it"
    api.memories["id-a"]["content"]["text"] = "a third text"
    assert kinds(api, journal.ledger) == {"stale"}


def test_finds_a_memory_that_was_deleted_by_half(api: Api, journal: Journal) -> None:
    saved(api, journal, "a")
    wrote(journal, "delete", None, "a")
    assert kinds(api, journal.ledger) == set()
    for entries in api.lists.values():
        del entries[0]
    assert kinds(api, journal.ledger) == {"half there"}
    api.memories.clear()
    assert kinds(api, journal.ledger) == set()


def test_finds_a_wrong_count(api: Api, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(api, journal, "a", "b")
    memories = reader.Reader.memories
    monkeypatch.setattr(reader.Reader, "memories", lambda *all: (memories(*all)[0], 3))
    assert kinds(api, journal.ledger) == {"miscounted"}


def test_finds_an_address_that_is_not_proved_any_more(api: Api, journal: Journal) -> None:
    journal.note(what="verify", person=1, outcome="done")
    api.is_verified = False
    assert kinds(api, journal.ledger) == {"lost"}


def test_says_what_it_could_not_check(api: Api, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "TRIES", 1)
    saved(api, journal, "a")
    api.is_down = True
    assert kinds(api, journal.ledger) == {"unchecked"}
    api.is_down, api.lists = False, {order: [{"id": "id-a", "content": "not an object"}] for order in audit.LISTS}
    monkeypatch.setattr(reader.Reader, "sign_in", lambda *_: {})
    assert kinds(api, journal.ledger) == {"unchecked"}


def test_the_journal_says_the_same_when_it_is_read_again(api: Api, journal: Journal, tmp_path: Path) -> None:
    saved(api, journal, "a", "b", "c")
    wrote(journal, "change", "refused", "a", "never")
    wrote(journal, "change", None, "b", "perhaps")
    wrote(journal, "delete", "refused", "c")
    again = read(tmp_path / "journal.jsonl")
    assert (again.password, again.accounts) == (journal.ledger.password, journal.ledger.accounts)
    assert kinds(api, again) == set()
