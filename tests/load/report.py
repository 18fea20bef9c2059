"""What came of a run: percentiles, rates and failures by route, against the figures of seed 004."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import stages


@dataclass
class Measured:
    """The requests of one route, or of one stage."""

    times_ms: list[float] = field(default_factory=list)
    # Answered 429: too many requests.
    refused: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, time_ms: float, status: int, failure: str | None) -> None:
        self.times_ms.append(time_ms)
        if status == 429:
            self.refused += 1
        elif failure:
            self.failures[failure] += 1

    def figures(self, seconds: float) -> dict[str, Any]:
        count, failed = len(self.times_ms), self.failures.total()
        times = sorted(self.times_ms)
        return {
            "requests": count,
            "perSecond": round(count / seconds, 2) if seconds else 0,
            "p50Ms": round(percentile(times, 50), 1), "p95Ms": round(percentile(times, 95), 1), "p99Ms": round(percentile(times, 99), 1),
            "maxMs": round(times[-1], 1) if times else 0,
            "failed": failed, "refused": self.refused,
            # What was refused was not done either.
            "errorRate": round((failed + self.refused) / count, 6) if count else 0,
            "failures": dict(self.failures),
        }


def percentile(times: list[float], percent: float) -> float:
    """The nearest rank: a time that was measured. `times` are sorted."""
    return times[max(0, math.ceil(len(times) * percent / 100) - 1)] if times else 0.0


class Record:
    """Every request of a run. Locust's own figures are rounded to two digits."""

    def __init__(self, settings: stages.Settings) -> None:
        self.settings = settings
        self.began: float | None = None
        self.last = 0.0
        self.all = Measured()
        # Searches that were answered, and those that said that something may be missing.
        self.searches = self.degraded = 0
        self.routes: dict[str, Measured] = {}
        self.stages: dict[str, Measured] = {name: Measured() for name, *_ in settings.stages}

    def take(self, *, name: str, response_time: float, exception: BaseException | None, start_time: float, response: Any = None, **_: Any) -> None:
        """One request, as Locust tells of it."""
        self.began = self.began if self.began is not None else start_time
        self.last = max(self.last, start_time + response_time / 1000)
        failure = None if exception is None else str(exception)
        status = getattr(response, "status_code", 0) or 0
        stage = self.settings.stage_at(start_time - self.began)
        for measured in (self.all, self.routes.setdefault(name, Measured()), self.stages[stage]):
            measured.add(response_time, status, failure)

    def note_search(self, *, is_degraded: bool) -> None:
        """One search that was answered."""
        self.searches += 1
        self.degraded += is_degraded

    def figures(self, calls: dict[str, list[int]]) -> dict[str, Any]:
        """All of it; `calls` of the table, by operation, are in microseconds."""
        seconds = self.last - self.began if self.began is not None else 0.0
        lengths = {name: end - begin for name, begin, end, _ in self.settings.stages}
        total, table = self.all.figures(seconds), of_table(calls)
        return {
            "seconds": round(seconds, 1),
            "total": total,
            "routes": {name: self.routes[name].figures(seconds) for name in sorted(self.routes, key=by_path)},
            "stages": {name: measured.figures(lengths[name]) for name, measured in self.stages.items()},
            "searches": {
                "answered": self.searches, "degraded": self.degraded,
                "degradedShare": round(self.degraded / self.searches, 6) if self.searches else 0,
            },
            "table": table,
            "targets": targets(total, table),
        }


def of_table(calls: dict[str, list[int]]) -> dict[str, dict[str, Any]]:
    """How long the table took for its calls, by operation, and for all of them."""
    of_all = {"**all**": [micros for each in calls.values() for micros in each]}
    return {
        operation: {"calls": len(each), "meanMs": round(sum(each) / len(each) / 1000, 3), "p95Ms": percentile(sorted(each), 95) / 1000}
        for operation, each in (dict(sorted(calls.items())) | of_all).items() if each
    }


def by_path(name: str) -> tuple[str, str]:
    method, path = name.split(" ", 1)
    return path, method


def targets(total: dict[str, Any], table: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Seed 004's figures beside these."""
    percent = "{:.3%}".format
    rows = [
        ("KPI: p95", total["p95Ms"], stages.KPI_P95_MS, "{:,.0f} ms".format),
        ("KPI: error rate", total["errorRate"], stages.KPI_ERROR_RATE, percent),
        ("k6 threshold: p99", total["p99Ms"], stages.K6_P99_MS, "{:,.0f} ms".format),
        ("k6 threshold: failed", total["errorRate"], stages.K6_FAILED_RATE, percent),
    ]
    if table:
        rows.append(("KPI: calls of the table, mean", table["**all**"]["meanMs"], stages.KPI_DATABASE_MS, "{:,.1f} ms".format))
    return [
        {
            "what": what, "measured": measured, "below": limit, "isMet": total["requests"] > 0 and measured < limit,
            "told": f"{told(measured)}, wanted below {told(limit)}",
        }
        for what, measured, limit, told in rows
    ]


COLUMNS = ["requests", "perSecond", "p50Ms", "p95Ms", "p99Ms", "maxMs", "failed", "refused", "errorRate"]
HEADS = ["requests", "per s", "p50 ms", "p95 ms", "p99 ms", "max ms", "failed", "429", "errors"]


def table(first: str, rows: dict[str, dict[str, Any]]) -> str:
    """Figures as a table of Markdown."""
    lines = [f"| {first} | " + " | ".join(HEADS) + " |", "| --- |" + " --: |" * len(HEADS)]
    for name, figures in rows.items():
        cells = [f"{figures[column]:.3%}" if column == "errorRate" else f"{figures[column]:,}" for column in COLUMNS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def told(report: dict[str, Any]) -> str:
    """The whole report for people."""
    parts = [table("stage", report["stages"]), table("route", report["routes"] | {"**all**": report["total"]})]
    if report["table"]:
        rows = [f"| {operation} | {one['calls']:,} | {one['meanMs']:,} | {one['p95Ms']:,} |" for operation, one in report["table"].items()]
        parts.append("\n".join(["| call of the table | calls | mean ms | p95 ms |", "| --- | --: | --: | --: |", *rows]))
    searches = report["searches"]
    parts.append(
        f"{searches['degraded']:,} of {searches['answered']:,} searches that were answered are degraded: "
        f"{searches['degradedShare']:.3%}, at most {stages.DEGRADED_SHARE:.0%} may be"
    )
    failures = [f"  {count} × {route}: {what}" for route, figures in report["routes"].items() for what, count in figures["failures"].items()]
    if failures:
        parts.append("\n".join(["Failures:", *failures]))
    parts.append("\n".join(f"{'met    ' if row['isMet'] else 'NOT MET'}  {row['what']}: {row['told']}" for row in report["targets"]))
    return "\n\n".join(parts)
