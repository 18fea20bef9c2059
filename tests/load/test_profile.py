"""The profile is seed 004's, and its report says what was measured."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import load
import report
import stages
from answers import Answer
from journal import Outcome
from mailbox import Mailbox


def test_the_stages_are_those_of_k6() -> None:
    settings = stages.Settings()
    wanted = {0: 1, 60: 50, 120: 100, 300: 100, 420: 100, 480: 150, 540: 200, 839: 200, 900: 100, 959: 2, 960: None}
    assert {second: settings.people_at(second) for second in wanted} == wanted


def test_a_shorter_run_has_the_same_stages() -> None:
    settings = stages.Settings(minutes=1.6, people=20)
    assert [settings.people_at(second) for second in (12, 42, 54, 83, 96)] == [10, 10, 20, 20, None]
    assert [settings.stage_at(second) for second in (0, 13, 500)] == ["ramp to half", "half", "ramp down"]


def test_what_cannot_be_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAD_MINUTES", "0")
    with pytest.raises(ValueError, match="LOAD_MINUTES"):
        stages.Settings.from_env()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(201, Outcome.DONE), (429, Outcome.REFUSED), (503, Outcome.SENT), (0, Outcome.SENT), (200, Outcome.SENT)],
)
def test_only_a_refusal_says_that_nothing_was_written(status: int, outcome: Outcome) -> None:
    assert Answer(status, 201).outcome is outcome


def request(record: report.Record, *, ms: float, at: float, status: int = 200, failure: str | None = None) -> None:
    exception = Exception(failure) if failure else None
    response: Any = SimpleNamespace(status_code=status)
    record.take(name="GET /memories", response_time=ms, exception=exception, start_time=at, response=response)


def test_percentiles_are_times_that_were_measured() -> None:
    times = [float(time) for time in range(1, 101)]
    assert [report.percentile(times, percent) for percent in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert (report.percentile([7.0], 50), report.percentile([], 95)) == (7, 0)


def test_the_report_tells_refusals_from_failures_and_says_what_is_not_met() -> None:
    record = report.Record(stages.Settings())
    for second in range(96):
        request(record, ms=100 if second else 1900, at=1000.0 + second)
    for status, failure in [(429, "answered 429"), (503, "answered 503"), (200, "wrong answer"), (0, "no answer: timeout")]:
        request(record, ms=250, at=1200.0, status=status, failure=failure)
    found = record.figures({})
    route, total = found["routes"]["GET /memories"], found["total"]
    assert (total["requests"], total["failed"], total["refused"], total["errorRate"]) == (100, 3, 1, 0.04)
    assert route["failures"] == {"answered 503": 1, "wrong answer": 1, "no answer: timeout": 1}
    assert (total["p50Ms"], total["p99Ms"], total["maxMs"]) == (100, 250, 1900)
    assert [found["stages"][name]["requests"] for name in ("ramp to half", "half")] == [96, 4]
    assert [row["isMet"] for row in found["targets"]] == [True, False, True, True]
    assert "NOT MET  KPI: error rate: 4.000%" in report.told(found)


def test_no_requests_meet_nothing() -> None:
    assert not any(row["isMet"] for row in report.Record(stages.Settings()).figures({})["targets"])


def test_calls_of_the_table_are_told_by_operation_and_in_all() -> None:
    record = report.Record(stages.Settings())
    request(record, ms=100, at=1000.0)
    found = record.figures({"Query": [1000, 3000], "GetItem": [95_000, 101_000]})
    assert found["table"]["Query"] == {"calls": 2, "meanMs": 2.0, "p95Ms": 3.0}
    assert (found["table"]["**all**"], found["targets"][-1]["isMet"]) == ({"calls": 4, "meanMs": 50.0, "p95Ms": 101.0}, False)
    assert "| Query | 2 | 2.0 | 3.0 |" in report.told(found)


def test_the_share_of_degraded_searches_is_told() -> None:
    record = report.Record(stages.Settings())
    for number in range(40):
        record.note_search(is_degraded=number < 3)
    found = record.figures({})
    assert found["searches"] == {"answered": 40, "degraded": 3, "degradedShare": 0.075}
    assert "3 of 40 searches that were answered are degraded: 7.500%, at most 10% may be" in report.told(found)


def test_timings_fail_nothing_and_wrong_answers_refusals_and_a_run_that_proves_nothing_do() -> None:
    writes = {"problems": {}, "memoriesThatMustBeThere": 5}
    total = {"refused": 0, "failures": {"answered 503": 7}, "errorRate": 0.3, "p95Ms": 60_000}
    fine = {"on": "stack", "writes": writes, "total": total, "own": {"errors": 0}, "searches": {"degradedShare": 0.1}}
    assert load.verdict(fine) == []
    assert len(load.verdict(fine | {"total": total | {"refused": 1}})) == 1
    wrong = {"wrong answer": 2, "wrong answer, unreadable: KeyError": 1, "wrong answer: answered 404": 1}
    assert load.verdict(fine | {"total": total | {"failures": wrong}}) == ["4 answers were wrong"]
    assert load.verdict(fine | {"searches": {"degradedShare": 0.11}}) == ["11.0% of the searches were degraded"]
    assert len(load.verdict(fine | {"own": {"errors": 1}})) == 1
    assert len(load.verdict(fine | {"writes": writes | {"memoriesThatMustBeThere": 0}})) == 1


def test_failures_count_where_the_functions_alone_are_measured() -> None:
    total = {"refused": 0, "failures": {"answered 503": 2}, "errorRate": 0.002}
    found = {"writes": {"problems": {}, "memoriesThatMustBeThere": 5}, "own": {"errors": 0}, "searches": {"degradedShare": 0}}
    assert load.verdict(found | {"on": "stack", "total": total}) == []
    assert load.verdict(found | {"on": "functions", "total": total}) == ["0.20% of the requests failed"]
    assert load.verdict(found | {"on": "functions", "total": total | {"errorRate": 0.001}}) == []


def test_mail_is_kept_for_those_who_wait() -> None:
    mailbox = Mailbox("http://127.0.0.1:1")
    mailbox.wait_for("a@example.com")
    mails = [{"To": [name], "BodyText": f"Open https://example.com/verify?token={name[0]}-_1 now"} for name in ("a@example.com", "b@example.com")]
    mailbox.sort({"messages": {"000000000000": mails}})
    assert (mailbox.take("a@example.com"), mailbox.take("a@example.com"), mailbox.take("b@example.com")) == ("a-_1", None, None)
