"""The tables of docs/cost.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy

from inputs import Inputs, Options
from model import bill, dollars, of_one
from seed import PLAN, beside

THIRD_PARTIES = ("WhatsApp", "Models")


def money(usd: float) -> str:
    if usd and abs(usd) < 0.005:
        return "<0.01"
    return f"{usd:,.2f}" if abs(usd) < 100 else f"{usd:,.0f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def by(inputs: Inputs, paid: dict[tuple[str, str], float], what: str) -> dict[str, float]:
    """Dollars by service or by feature, the most first."""
    sums: Counter = Counter()
    for (price, feature), usd in paid.items():
        sums[inputs.prices[price]["service"] if what == "service" else feature] += usd
    return dict(sums.most_common())


def total(inputs: Inputs, options: Options, without: tuple[str, ...] = (), free: bool = False) -> float:
    services = by(inputs, dollars(inputs, bill(inputs, options), free), "service")
    return sum(usd for service, usd in services.items() if service not in without)


def all_tables(inputs: Inputs) -> str:
    """Everything between the marks."""
    parts = [
        ("What it comes to", _totals(inputs)), ("By service", _split(inputs, "service")), ("By feature", _split(inputs, "feature")),
        ("What one operation takes", _operations(inputs)), ("With models of others", _models(inputs)),
        ("Optional stacks", _optional(inputs)), ("What moves it", _moves(inputs)), ("Beside the plan of seed 004", _seed(inputs)),
    ]
    measured = inputs.measured
    basis = (
        f"Prices as of {inputs.asof}. Functions measured on {measured['date']} at {measured['commit']}, profile `{measured['profile']}`, "
        f"{measured['count']} of each operation and fewer of long ones ({measured['machine']}).\n"
    )
    return basis + "".join(f"\n### {title}\n\n{text}" for title, text in parts)


def _scenarios(inputs: Inputs) -> list[int]:
    return inputs.behaviour["people"]["scenarios"]


def _people(inputs: Inputs) -> list[str]:
    return [f"{many:,} people" for many in _scenarios(inputs)]


def _totals(inputs: Inputs) -> str:
    rows = []
    for name, factor in inputs.behaviour["people"]["factors"].items():
        aws = [total(inputs, Options(many, factor), THIRD_PARTIES) for many in _scenarios(inputs)]
        meta = [total(inputs, Options(many, factor)) - usd for many, usd in zip(_scenarios(inputs), aws, strict=True)]
        rows.append([f"{name} (× {factor:g}): AWS", *map(money, aws)])
        rows.append(["and WhatsApp", *map(money, meta)])
        rows.append(["AWS for each person", *[f"{usd / many:.4f}" for usd, many in zip(aws, _scenarios(inputs), strict=True)]])
    nobody = total(inputs, Options(0))
    alone = by(inputs, dollars(inputs, bill(inputs, Options(0))), "service")
    rows.append(["typical, free tier taken off: AWS", *[money(total(inputs, Options(many), THIRD_PARTIES, free=True)) for many in _scenarios(inputs)]])
    rows.append(["typical, functions take twice as long: AWS", *[money(total(inputs, Options(many, slower=2), THIRD_PARTIES)) for many in _scenarios(inputs)]])
    what = ", ".join(f"{service} {money(usd)}" for service, usd in alone.items() if usd >= 0.01)
    return table(["dollars a month", *_people(inputs)], rows) + f"\nWith nobody on it: {money(nobody)} ({what}).\n"


def _split(inputs: Inputs, what: str) -> str:
    cases = [by(inputs, dollars(inputs, bill(inputs, Options(many))), what) for many in _scenarios(inputs)]
    names = sorted({name for case in cases for name in case}, key=lambda name: -cases[-1].get(name, 0))
    rows = [[name, *[money(case.get(name, 0)) for case in cases], f"{cases[-1].get(name, 0) / sum(cases[-1].values()):.0%}"] for name in names]
    rows.append(["**all**", *[f"**{money(sum(case.values()))}**" for case in cases], ""])
    return table(["typical, dollars a month", *_people(inputs), f"of {_people(inputs)[-1].split()[0]}"], rows)


def _operations(inputs: Inputs) -> str:
    rows = []
    for name in inputs.operations:
        used, ms = of_one(inputs, name)
        usd = sum(amount * inputs.prices[price]["usd"] / inputs.prices[price]["per"] for price, amount in used.items())
        calls = " + ".join(f"{who} {taken:g}" for who, taken in ms.items())
        amounts = [f"{used[key]:.3g}" for key in ("readUnits", "writeUnits", "lambdaGbSeconds")]
        s3 = f"{used['s3Puts']:g} / {used['s3Gets']:g}"
        rows.append([name, f"{inputs.each_month(name):.3g}", *amounts, s3, calls, f"{usd * 1e6:,.1f}"])
    head = ["operation", "a month, each person", "read units", "write units", "GB-s", "S3 PUT / GET", "billed ms of each function", "$ for a million"]
    return table(head, rows)


def _models(inputs: Inputs) -> str:
    rows = []
    for name, prices in [("gpt-5-mini", {}), *inputs.other_models.items()]:
        other = deepcopy(inputs)
        for key, usd in prices.items():
            other.prices[key]["usd"] = usd
        added = [total(other, Options(many, with_models=True)) - total(other, Options(many)) for many in _scenarios(inputs)]
        models = [by(other, dollars(other, bill(other, Options(many, with_models=True))), "service")["Models"] for many in _scenarios(inputs)]
        rows.append([name, *[f"{money(whole)} ({money(usd)})" for whole, usd in zip(added, models, strict=True)]])
    for tier, budget in inputs.stack.ai_budgets.items():
        by_tokens = budget["tokensPerDay"] * token_dollars(inputs) * 30.4
        by_dollars = budget["costPerDay"] * 30.4
        rows.append([
            f"if everybody used up `{tier}`: {budget['tokensPerDay']:,} tokens a day, of gpt-5-mini, or {budget['costPerDay']:g} dollars",
            *[f"{money(by_tokens * many)} or {money(by_dollars * many)}" for many in _scenarios(inputs)],
        ])
    return table(["added a month (of it the provider's)", *_people(inputs)], rows)


def token_dollars(inputs: Inputs) -> float:
    """What a token costs in a chat, of those that are read and those that are written."""
    chat = inputs.behaviour["models"]["ask Memo"]
    usd = sum(chat[way] * inputs.prices[price]["usd"] / inputs.prices[price]["per"] for way, price in (("in", "modelIn"), ("out", "modelOut")))
    return usd / (chat["in"] + chat["out"])


def _optional(inputs: Inputs) -> str:
    rows = []
    for name, what in (("edge", "firewall"), ("observability", "metrics, alarms, dashboard"), ("backup", f"{inputs.stack.backup_days} daily copies")):
        added = [total(inputs, Options(many, optional=(name,))) - total(inputs, Options(many)) for many in _scenarios(inputs)]
        rows.append([f"`infra/{name}`: {what}", *map(money, added)])
    return table(["added a month", *_people(inputs)], rows)


def _moves(inputs: Inputs) -> str:
    """What would change it, each alone."""
    rows = []
    for name, change in CHANGES.items():
        other = deepcopy(inputs)
        change(other)
        optional = ("backup",) if "copies" in name else ()
        moved = [total(other, Options(many, optional=optional)) - total(inputs, Options(many, optional=optional)) for many in _scenarios(inputs)]
        rows.append([name, *[f"{usd:+,.2f}" if abs(usd) < 100 else f"{usd:+,.0f}" for usd in moved]])
    return table(["if …, dollars a month", *_people(inputs)], rows)


def _set(path: str, value: object) -> Callable[[Inputs], None]:
    def change(inputs: Inputs) -> None:
        *way, last = path.split(".")
        where = inputs.behaviour
        for key in way:
            where = where[key]
        where[last] = value

    return change


def _memory(megabytes: int, *names: str) -> Callable[[Inputs], None]:
    def change(inputs: Inputs) -> None:
        for name in names:
            inputs.stack.functions[name].memory_mb = megabytes

    return change


CHANGES = {
    "metrics of each method (`OperationMetrics=true`)": lambda inputs: setattr(inputs.stack, "detailed_metrics", True),
    "no preflights: frontend and API under one name": _set("service.preflights", 0),
    "`OutboundWorkerFunction` with 512 MB": _memory(512, "OutboundWorker"),
    "`IndexerFunction` with 512 MB": _memory(512, "Indexer"),
    "`SearchFunction` and `AiFunction` with 512 MB": _memory(512, "Search", "Ai"),
    "Lambda's own lines not logged (`SystemLogLevel: WARN`)": _set("sizes.platformLogBytes", 0),
    "logs kept for 14 days, not 90": _set("sizes.logKeptDays", 14),
    "an HTTP API, not a REST API (1.00 a million)": lambda inputs: inputs.prices["apiRequests"].update(usd=1.0, next=[3e8, 0.9]),
    "no point-in-time recovery": lambda inputs: inputs.prices["recoveryGb"].update(usd=0),
    "nothing traced (`Tracing`, `TracingEnabled` in template.yaml)": lambda inputs: inputs.prices["traces"].update(usd=0),
    "requests to KMS cost nothing": lambda inputs: inputs.prices["kmsRequests"].update(usd=0),
    "7 daily copies, not 35, where `infra/backup` is used": lambda inputs: setattr(inputs.stack, "backup_days", 7),
    "a memory has three tags, not one": _set("sizes.tags", 3),
    "a memory has 4 KB, not 1.1": _set("sizes.memoryKb", 4),
    "two years of data, not one": _set("sizes.monthsOfData", 24),
    "people come twice as often, and do no more": _set("people.visits", 36),
    "people ask one question in the chat, not four": _set("perMonth.WhatsApp question.times", 1),
}


def _seed(inputs: Inputs) -> str:
    rows = []
    for item, planned in PLAN.items():
        ours = [beside(inputs, item, Options(many, with_models=True)) for many in _scenarios(inputs)]
        rows.append([item, money(planned), *map(money, ours)])
    whole = [total(inputs, Options(many, with_models=True, optional=("edge", "observability"))) for many in _scenarios(inputs)]
    rows.append(["**all**", f"**{sum(PLAN.values()):,}**", *[f"**{money(usd)}**" for usd in whole]])
    says = [
        f"{sum(PLAN.values()):,} dollars a month carry {_carried(inputs, with_models, optional):,} people {name}."
        for name, with_models, optional in (
            ("with models of others, `infra/edge` and `infra/observability`", True, ("edge", "observability")),
            ("with the built-in model and no optional stack", False, ()),
        )
    ]
    month = bill(inputs, Options(1000))
    asked = sum(inputs.each_month(name) * step.get("times", 1) for name, one in inputs.operations.items() for step in one["steps"] if step.get("by") == "api")
    says.append(f"1,000 typical people send {asked * 1000 / 30.4:,.0f} requests a day, and their browsers {(month.api - asked * 1000) / 30.4:,.0f} preflights; the seed plans 10,000.")
    return table(["dollars a month", "seed 004", *_people(inputs)], rows) + "\n" + " ".join(says) + "\n"


def _carried(inputs: Inputs, with_models: bool, optional: tuple[str, ...]) -> int:
    """How many typical people come to what the seed plans, to a hundred."""
    low, high = 0, 10_000_000
    while high - low > 50:
        middle = (low + high) // 2
        if total(inputs, Options(middle, with_models=with_models, optional=optional)) > sum(PLAN.values()):
            high = middle
        else:
            low = middle
    return round(low, -2)
