"""Seed 004's load profile on a local stack: people, what they were answered and how soon, and whether what they wrote is there.

Timings are reported and fail nothing, and so do failures on the whole local stack, which is full long before 200 people. A write that was acknowledged and is
not there, or is there twice, does, and so do a wrong answer, searches that say too often that something may be missing, and, on the fast functions, more
failures than the KPI allows.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import sys
import time
from pathlib import Path
from typing import Any

import gevent
import locust
import requests
from locust.env import Environment

import audit
import report
from answers import WRONG
from functions import fast_functions
from journal import Journal
from mailbox import Mailbox
from people import SECONDS_TO_WAIT, Person
from stages import DEGRADED_SHARE, KPI_ERROR_RATE, Profile, Settings
from target import ROOT, Target, whole_stack

TARGETS = {"stack": whole_stack, "functions": fast_functions}
SECONDS_BETWEEN_LINES = 30
# A write whose answer was lost may still be under way. The slowest function that writes has this long.
SECONDS_TO_SETTLE = 30


def put_load(target: Target, settings: Settings, journal: Journal) -> tuple[report.Record, dict[str, int]]:
    """The whole profile, until the last person has gone. What was measured, and how often the profile itself failed."""
    record, mailbox, errors = report.Record(settings), Mailbox(target.cloud_endpoint), []
    Person.host, Person.journal, Person.mailbox, Person.record = target.api_url, journal, mailbox, record
    Person.think_seconds, Person.name_of_run = settings.think_seconds, secrets.token_hex(4)
    Profile.settings = settings
    environment = Environment(user_classes=[Person], shape_class=Profile(), stop_timeout=SECONDS_TO_WAIT)
    environment.events.request.add_listener(record.take)
    environment.events.user_error.add_listener(lambda exception, **_: errors.append(exception))
    runner = environment.create_local_runner()
    beside = [gevent.spawn(mailbox.read_forever), gevent.spawn(tell, runner, record)]
    runner.start_shape()
    runner.shape_greenlet.join()
    runner.quit()
    runner.greenlet.join()
    gevent.killall(beside)
    return record, {"errors": len(errors), "failedLooksAtMail": mailbox.failed_looks}


def tell(runner: Any, record: report.Record) -> None:
    """A line now and then, so that it is seen to go on."""
    while True:
        gevent.sleep(SECONDS_BETWEEN_LINES)
        done = record.all
        say(f"{runner.user_count} people, {len(done.times_ms)} requests, {done.failures.total()} failed, {done.refused} refused")


def say(line: str) -> None:
    print(f"==> {line}", flush=True)


def machine() -> dict[str, Any]:
    return {"cpus": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}", "locust": locust.__version__}


def verdict(found: dict[str, Any]) -> list[str]:
    """Why the run failed, if it did."""
    checked, total = found["writes"], found["total"]
    reasons = []
    if checked["problems"]:
        reasons.append("writes were lost, doubled or could not be checked")
    if not checked["memoriesThatMustBeThere"]:
        reasons.append("nothing was written, so nothing is proved")
    if found["own"]["errors"]:
        reasons.append(f"the profile itself failed {found['own']['errors']} times")
    if wrong := sum(count for what, count in total["failures"].items() if what.startswith(WRONG)):
        reasons.append(f"{wrong} answers were wrong")
    if found["on"] == "functions" and total["errorRate"] > KPI_ERROR_RATE:
        reasons.append(f"{total['errorRate']:.2%} of the requests failed")
    if (share := found["searches"]["degradedShare"]) > DEGRADED_SHARE:
        reasons.append(f"{share:.1%} of the searches were degraded")
    if total["refused"]:
        reasons.append(f"{total['refused']} requests were answered 429, and the profile stays within all limits")
    return reasons


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", choices=TARGETS, default="stack", help="what the load is put on (%(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "target" / "bench", help="where the report is written")
    parser.add_argument("--prebuilt", type=Path, help="deploy <PREBUILT>/<function> instead of building")
    options = parser.parse_args()
    settings = Settings.from_env()
    journal_path = ROOT / ".local" / f"load-{options.on}.jsonl"
    journal = Journal(journal_path, f"Load-{secrets.token_hex(8)}1!")
    with TARGETS[options.on](options.prebuilt) as target:
        say(f"{settings.people} people in {settings.minutes:g} minutes on {target.api_url}")
        record, own = put_load(target, settings, journal)
        journal.close()
        calls = requests.get(target.calls_url, timeout=30).json() if target.calls_url else {}
        if journal.ledger.answers_lost:
            time.sleep(SECONDS_TO_SETTLE)
        say("looking for everything that was written")
        problems = audit.check_all(journal.ledger, target.api_url)
    found = {
        "on": options.on, "minutes": settings.minutes, "people": settings.people, "thinkSeconds": settings.think_seconds, "machine": machine(),
        **record.figures(calls), "own": own, "writes": audit.summary(journal.ledger, problems),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"load-{options.on}.json"
    path.write_text(json.dumps(found, indent=2) + "\n")
    print(f"\n{report.told(found)}\n\n{audit.told(found['writes'])}\n")
    say(f"the report is {path}, what was written is in {journal_path}")
    if reasons := verdict(found):
        sys.exit("FAILED: " + "; ".join(reasons))


if __name__ == "__main__":
    main()
