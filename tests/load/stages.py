"""The load profile of seed 004: how many people there are when, what each does, and what the answers are measured by."""

from __future__ import annotations

import os
from dataclasses import dataclass

from locust import LoadTestShape

# How long each stage is of a run of `WHOLE` minutes, and how many of all people are there at its end: k6's stages.
WHOLE = 16
STAGES = [("ramp to half", 2, 0.5), ("half", 5, 0.5), ("ramp to all", 2, 1.0), ("all", 5, 1.0), ("ramp down", 2, 0.0)]

# Of a hundred actions of a person: reading before writing, writing before asking.
LIST, READ, SEARCH, CREATE, CHANGE, ASK, DELETE, SIGN_IN_AGAIN = 26, 20, 14, 18, 10, 6, 4, 2

# Seed 004's KPIs, and the thresholds of its k6 profile.
KPI_P95_MS = 200
KPI_ERROR_RATE = 0.001
KPI_DATABASE_MS = 50
K6_P99_MS = 1500
K6_FAILED_RATE = 0.1

# The largest share of searches that may say that something is missing.
DEGRADED_SHARE = 0.1


@dataclass(frozen=True)
class Settings:
    """How much of the profile is run."""

    minutes: float = WHOLE
    people: int = 200
    think_seconds: float = 5

    @classmethod
    def from_env(cls) -> Settings:
        """`LOAD_MINUTES`, `LOAD_USERS` and `LOAD_THINK`, as the Makefile passes them on."""
        settings = cls(
            float(os.environ.get("LOAD_MINUTES") or cls.minutes), int(os.environ.get("LOAD_USERS") or cls.people),
            float(os.environ.get("LOAD_THINK") or cls.think_seconds),
        )
        if settings.minutes <= 0 or settings.people < 1 or settings.think_seconds < 0:
            raise ValueError("LOAD_MINUTES and LOAD_USERS must be more than 0, and LOAD_THINK not less")
        return settings

    @property
    def stages(self) -> list[tuple[str, float, float, int]]:
        """Of each stage its name, when it begins and ends in seconds, and how many people there are at its end."""
        stages, begin = [], 0.0
        for name, minutes, share in STAGES:
            end = begin + minutes * 60 * self.minutes / WHOLE
            stages.append((name, begin, end, round(self.people * share)))
            begin = end
        return stages

    def stage_at(self, second: float) -> str:
        """The stage of a moment; what ends after the last belongs to it."""
        return next((name for name, _, end, _ in self.stages if second < end), STAGES[-1][0])

    def people_at(self, second: float) -> int | None:
        """How many people there should be: on a line from stage to stage. Nothing when all is over."""
        before = 0
        for _, begin, end, at_end in self.stages:
            if second < end:
                return max(1, round(before + (at_end - before) * (second - begin) / (end - begin)))
            before = at_end
        return None


class Profile(LoadTestShape):
    """The stages, as Locust asks for them every second."""

    settings = Settings()

    def tick(self) -> tuple[int, float] | None:
        wanted = self.settings.people_at(self.get_run_time())
        # As fast as it takes: the line is drawn by the number of people alone.
        return None if wanted is None else (wanted, max(1.0, self.settings.people / 10))
