"""What the model stands on, what is asked of it, and what it adds up."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sources import Deployed, deployed

HERE = Path(__file__).resolve().parent
# What is used by no feature in particular.
PLATFORM = "the platform"
# Stacks that can be left away.
OPTIONAL = ("edge", "observability", "backup")
KB_IN_GB = 1024 * 1024
MONTH_S = 730 * 3600


@dataclass
class Inputs:
    """All that the model stands on."""

    behaviour: dict[str, Any]
    operations: dict[str, Any]
    clock: dict[str, Any]
    units: dict[str, Any]
    prices: dict[str, Any]
    other_models: dict[str, Any]
    asof: str
    measured: dict[str, Any]
    stack: Deployed

    @classmethod
    def read(cls) -> Inputs:
        load = lambda name: json.loads((HERE / f"{name}.json").read_text())  # noqa: E731
        done, prices = load("operations"), load("prices")
        return cls(
            load("behaviour"), done["operations"], done["clock"], load("units"), prices["prices"], prices["otherModels"], prices["asOf"],
            load("measurements"), deployed(),
        )

    def numbers(self) -> dict[str, float]:
        """What formulas in units.json may name."""
        sizes, months = self.behaviour["sizes"], self.behaviour["sizes"]["monthsOfData"]
        kept = sum(self.each_month(name) for name in self.behaviour["becomeMemories"]) * months
        backups = max(self.behaviour["perMonth"]["backup"]["times"], 1e-9)
        files = self.each_month("upload a file") * sizes["fileKb"] / backups if sizes["backupOfFiles"] else 0
        new = kept / months * sizes["memoryKb"] / backups
        return {
            **{key: value for key, value in sizes.items() if isinstance(value, (int, float))},
            "furtherKb": math.ceil(sizes["memoryKb"]) - 1, "memories": kept,
            "accountKb": kept * sizes["memoryKb"], "backupKb": files + new,
        }

    def sqs_price(self, queue: str) -> str:
        return "sqsFifoRequests" if self.stack.queues[queue] else "sqsRequests"

    def each_month(self, name: str) -> float:
        """How often one person does it, those who never do counted in."""
        what = self.behaviour["perMonth"][name]
        return what["times"] * self.behaviour["people"]["shares"].get(what.get("of"), 1)


@dataclass
class Options:
    """What is looked at."""

    people: float
    factor: float = 1
    with_models: bool = False
    slower: float = 1  # of what functions take
    optional: tuple[str, ...] = ()


@dataclass
class Bill:
    """What is used: quantities by price and feature, and what is known of each function."""

    used: Counter = field(default_factory=Counter)
    calls: Counter = field(default_factory=Counter)
    busy_ms: Counter = field(default_factory=Counter)
    routes: Counter = field(default_factory=Counter)
    sent: Counter = field(default_factory=Counter)
    opened: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    api: float = 0

    def add(self, price: str, feature: str, quantity: float) -> None:
        self.used[price, feature] += quantity


def concurrency(inputs: Inputs, made: Bill, name: str) -> float:
    """How many processes of a function there are when most is going on."""
    seconds = MONTH_S * inputs.behaviour["service"]["hoursADay"] / 24
    return max(1, math.ceil(inputs.behaviour["service"]["peak"] * made.busy_ms[name] / 1000 / seconds))
