"""What so many people cost in a month: operations become requests, units and milliseconds; these become dollars."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from inputs import KB_IN_GB, PLATFORM, Bill, Inputs, Options
from sources import Function, evaluated
from standing import kept, platform_wide

# As much memory comes with one whole CPU.
VCPU_MB = 1769


def bill(inputs: Inputs, options: Options) -> Bill:
    """Everything of a month."""
    made, numbers = Bill(), inputs.numbers()
    for name, operation in inputs.operations.items():
        times = inputs.each_month(name) * options.people * (1 if name == "register" else options.factor)
        for step in operation["steps"]:
            _step(inputs, options, made, numbers, operation["feature"], step, times * step.get("times", 1))
    for step in inputs.clock.values():
        runs = inputs.stack.runs_a_month[step["schedule"]]
        made.add("schedules", PLATFORM, runs)
        for pattern, count in step["table"].items():
            made.add("readUnits", PLATFORM, runs * count * evaluated(inputs.units[pattern]["reads"], numbers))
        _step(inputs, options, made, numbers, PLATFORM, {**step, "table": [], "waits": sum(step["table"].values())}, runs)
    kept(inputs, options, made, numbers)
    platform_wide(inputs, options, made)
    _others(inputs, options, made, numbers)
    return made


def of_one(inputs: Inputs, name: str) -> tuple[Counter, dict[str, float]]:
    """What one operation takes: quantities by price, and what each of its functions is billed for."""
    made, numbers, ms = Bill(), inputs.numbers(), {}
    for step in inputs.operations[name]["steps"]:
        _step(inputs, Options(1), made, numbers, "", step, step.get("times", 1))
        if not step.get("client"):
            table = [*step["table"], *step.get("builtIn", [])]
            ms[step["function"]] = ms.get(step["function"], 0) + _milliseconds(inputs, Options(1), step, table) * step.get("times", 1)
    used: Counter = Counter()
    for (price, _), amount in made.used.items():
        used[price] += amount
    return used, ms


def _step(inputs: Inputs, options: Options, made: Bill, numbers: dict, feature: str, step: dict, times: float) -> None:
    """One call of a function, or what a client asks of S3 by itself, so many times."""
    for key, price in (("s3Puts", "s3Puts"), ("s3Gets", "s3Gets"), ("mails", "mails")):
        made.add(price, feature, times * step.get(key, 0))
    out = step.get("outKb", 0)
    made.add("outGb", feature, times * (numbers[out] if isinstance(out, str) else out) / KB_IN_GB)
    if step.get("client"):
        return
    table = [*step["table"], *step.get("ofOthers" if options.with_models else "builtIn", [])]
    for kind, price in (("reads", "readUnits"), ("writes", "writeUnits")):
        made.add(price, feature, times * sum(evaluated(inputs.units[name][kind], numbers) for name in table))
    if step.get("vectors"):
        made.add("vectorWrittenGb", feature, times * step["vectors"] * 1.1 / KB_IN_GB)
    made.add("vectorExaminedGb", feature, times * step.get("searches", 0) * max(1, numbers["memories"]) / KB_IN_GB)

    name, by = step["function"], step.get("by")
    if by == "api":
        asked = 1 if step.get("noBrowser") else 1 + inputs.behaviour["service"]["preflights"]
        made.add("apiRequests", feature, times * asked)
        made.api += times * asked
        made.routes[step["route"]] += times
        made.add("outGb", feature, times * (step.get("answerKb", 0.5) + 1) / KB_IN_GB)
    elif by in inputs.stack.queues:
        made.add(inputs.sqs_price(by), feature, 2 * times)  # sent, deleted; it is received by a poll that is paid anyway
        made.sent[by] += times
    ms = _milliseconds(inputs, options, step, table)
    memory = inputs.stack.functions[name].memory_mb
    made.add("lambdaRequests", feature, times)
    made.add("lambdaGbSeconds", feature, times * ms / 1000 * memory / 1024)
    measured = _measurement(inputs, step)
    made.add("logGb", feature, times * (measured.get("logBytes", 300) + inputs.behaviour["sizes"]["platformLogBytes"]) / 1024 / KB_IN_GB)
    made.calls[name] += times
    made.busy_ms[name] += times * ms
    if step.get("opens"):
        made.opened[name, feature] += times


def _measurement(inputs: Inputs, step: dict[str, Any]) -> dict[str, float]:
    """CPU and log of one call: what was measured, or what is assumed where nothing was."""
    if "assumedCpuMs" in step:
        return {"cpuMs": step["assumedCpuMs"]}
    where = inputs.measured["clock"] if step["measured"] == "clock" else inputs.measured["operations"][step["measured"]]
    one = where[step["function"]]
    return {"cpuMs": one["cpuMs"] / one["calls"], "logBytes": one["logBytes"]}


def cpu_time_ms(cpu_ms: float, function: Function) -> float:
    """How long a function takes for so much CPU: its share of one is its share of 1,769 MB. More than one is of no use to a single thread."""
    return cpu_ms / min(1, function.memory_mb / VCPU_MB)


def _milliseconds(inputs: Inputs, options: Options, step: dict[str, Any], table: list[str]) -> float:
    """What one call is billed for."""
    wait = inputs.behaviour["milliseconds"]
    trips = [inputs.units[name]["trips"] for name in table]
    ms = cpu_time_ms(_measurement(inputs, step)["cpuMs"], inputs.stack.functions[step["function"]])
    ms += sum(reads for reads, _ in trips) * wait["read"] + sum(writes for _, writes in trips) * wait["write"]
    ms += step.get("waits", 0) * wait["read"]
    ms += (step.get("s3Gets", 0) + step.get("s3Puts", 0)) * wait["s3"] + step.get("sends", 0) * wait["send"]
    ms += step.get("meta", 0) * wait["meta"] + step.get("drive", 0) * wait["drive"] + step.get("mails", 0) * wait["mail"]
    for kind, what in step.get("models", []) if options.with_models else []:
        ms += wait[kind] * inputs.behaviour["models"][what].get("calls", 1)
    ms += inputs.behaviour["service"]["coldStarts"] * wait["coldStart"]
    return math.ceil(ms * options.slower)


def _others(inputs: Inputs, options: Options, made: Bill, numbers: dict[str, float]) -> None:
    """What Meta and the providers of models are paid."""
    many = options.people * options.factor
    answers = sum(inputs.each_month(name) * step.get("says", 0) for name, one in inputs.operations.items() for step in one["steps"])
    made.add("whatsappService", "WhatsApp", answers * many)
    templates = inputs.behaviour["whatsapp"]["templatesPerPerson"] * inputs.behaviour["people"]["shares"]["whatsapp"]
    made.add("whatsappTemplate", "WhatsApp", templates * many)
    if not options.with_models:
        return
    asked = inputs.behaviour["models"]
    for name, operation in inputs.operations.items():
        for kind, what in (pair for step in operation["steps"] for pair in step.get("models", [])):
            times, model = inputs.each_month(name) * many, asked[what]
            if kind == "chat":
                made.add("modelIn", operation["feature"], times * model["calls"] * model["in"])
                made.add("modelOut", operation["feature"], times * model["calls"] * model["out"])
            elif kind == "embedding":
                made.add("embedding", operation["feature"], times * model["tokens"])
            else:
                made.add("transcription", operation["feature"], times * model["minutes"])
    made.add("embedding", "search", numbers["memories"] / numbers["monthsOfData"] * many * asked["memory"]["tokens"])


def dollars(inputs: Inputs, made: Bill, free: bool = False) -> dict[tuple[str, str], float]:
    """Each quantity at its price, the free tier taken off first if asked for; by price and feature."""
    totals = Counter()
    for (price, _), amount in made.used.items():
        totals[price] += amount
    found = {}
    for (name, feature), amount in made.used.items():
        price, total = inputs.prices[name], totals[name]
        paid = max(0, total - price.get("free", 0)) if free else total
        step, beyond = price.get("next", [math.inf, price["usd"]])
        usd = (min(paid, step) * price["usd"] + max(0, paid - step) * beyond) / price["per"]
        found[name, feature] = usd * amount / total if total else 0
    return found
