"""What is paid for what lies there, for what is there, and for all requests together."""

from __future__ import annotations

import math
from collections import Counter

from inputs import KB_IN_GB, MONTH_S, PLATFORM, Bill, Inputs, Options, concurrency

# How long a warm function remembers secrets and keys of people, and AWS the keys of its own: five minutes each.
WINDOWS = MONTH_S / 300


def _busy(times: float) -> float:
    """In how many windows of five minutes something happens that comes by chance."""
    return WINDOWS * (1 - math.exp(-times / WINDOWS))


def _hours(calls: float) -> float:
    """The share of a month's hours in which something happens that comes by chance."""
    return 1 - math.exp(-calls / 730)


def kept(inputs: Inputs, options: Options, made: Bill, numbers: dict[str, float]) -> None:
    """What lies there at the end of `monthsOfData`."""
    sizes, many = inputs.behaviour["sizes"], options.people * options.factor
    memories = numbers["memories"] * many
    table_gb = (memories * inputs.measured["footprint"]["tableBytesPerMemory"] / 1024 + options.people * sizes["accountItemsKb"]) / KB_IN_GB
    made.add("tableGb", "memories", table_gb)
    made.add("recoveryGb", "memories", table_gb)
    made.add("vectorGb", "search", memories * 1.1 / KB_IN_GB)
    uploads = inputs.each_month("upload a file") + inputs.each_month("WhatsApp medium")
    files = uploads * sizes["monthsOfData"] * sizes["filesKept"] * many
    files_gb = files * sizes["fileKb"] / KB_IN_GB
    made.add("s3Gb", "files", files_gb)
    made.add("s3Gb", "search", (memories * sizes["segmentKbPerMemory"] + files * sizes["textKbPerFile"]) / KB_IN_GB)
    if "backup" in options.optional:
        made.add("tableCopyGb", "backup", table_gb * inputs.stack.backup_days)
        made.add("filesCopyGb", "backup", files_gb)


def platform_wide(inputs: Inputs, options: Options, made: Bill) -> None:
    """What is paid because the stack is there, and what grows with all requests together."""
    stack, service, sizes = inputs.stack, inputs.behaviour["service"], inputs.behaviour["sizes"]
    made.add("kmsKeys", PLATFORM, stack.keys)
    made.add("secrets", PLATFORM, stack.secrets)
    for queue in stack.queues:
        made.add(inputs.sqs_price(queue), PLATFORM, service["pollsAMinute"] * MONTH_S / 60)
        # R = B / D × (2 P + C) of SQS's guide, in the windows in which there are messages: one that sends and one that receives.
        made.add("kmsRequests", PLATFORM, 3 * _busy(made.sent[queue]))
    for name, function in stack.functions.items():
        environments = concurrency(inputs, made, name)
        made.add("secretRequests", PLATFORM, _busy(made.calls[name]) * environments * function.secrets)
        made.add("kmsRequests", PLATFORM, _busy(made.calls[name]))  # DynamoDB's, which remembers a caller for five minutes
    visits = inputs.behaviour["people"]["visits"] * options.people * options.factor
    for (name, feature), times in made.opened.items():
        # The first call of a visit finds the person's key cold, in each process; what comes from queues and streams always does.
        serves = any(step.get("by") == "api" and step["function"] == name for one in inputs.operations.values() for step in one["steps"])
        cold = min(times, visits * concurrency(inputs, made, name)) if serves else times
        made.add("kmsRequests", feature, cold)
        made.add("readUnits", feature, 2 * cold)
        ms = inputs.behaviour["milliseconds"]["kms"] + inputs.behaviour["milliseconds"]["read"]
        made.add("lambdaGbSeconds", feature, cold * ms * options.slower / 1000 * stack.functions[name].memory_mb / 1024)
    logged = sum(amount for (price, _), amount in made.used.items() if price == "logGb")
    made.add("logKeptGb", PLATFORM, logged * sizes["logCompression"] * sizes["logKeptDays"] * 24 / 730)
    made.add("alarms", PLATFORM, stack.alarm_metrics["main"])
    made.add("metrics", PLATFORM, (stack.own_metrics + service["labelledMetrics"]) * _hours(made.api))
    if stack.detailed_metrics:
        made.add("metrics", PLATFORM, detailed_metrics(inputs, options, made))
    made.add("traces", PLATFORM, traces(inputs, made))
    if "observability" in options.optional:
        made.add("alarms", "observability", stack.alarm_metrics["observability"])
        made.add("dashboards", "observability", 1)
    if "backup" in options.optional:
        made.add("kmsKeys", "backup", 1)  # the vault's
    if "edge" in options.optional:
        made.add("firewallAcl", "edge", 1)
        made.add("firewallRules", "edge", stack.firewall_rules)
        made.add("firewallRequests", "edge", made.api)


def detailed_metrics(inputs: Inputs, options: Options, made: Bill) -> float:
    """API Gateway's metrics of each method, and of OPTIONS of each path, by the hours in which they are called."""
    stack, service = inputs.stack, inputs.behaviour["service"]
    rare = service["rarelyCalledPerPerson"] * options.people * options.factor
    methods = sum(_hours(calls) for calls in made.routes.values()) + len(stack.routes - set(made.routes)) * _hours(rare)
    paths = Counter()
    for route, calls in made.routes.items():
        paths[route.split()[1]] += calls * service["preflights"]
    preflights = sum(_hours(calls) for calls in paths.values()) + len({route.split()[1] for route in stack.routes} - set(paths)) * _hours(rare * service["preflights"])
    return (methods + preflights) * service["metricsPerMethod"]


def traces(inputs: Inputs, made: Bill) -> float:
    """What X-Ray records: the first in a second, and one in twenty of the others; of the gateway, and of each function that it does not call."""
    seconds = MONTH_S * inputs.behaviour["service"]["hoursADay"] / 24
    served = {step["function"] for one in inputs.operations.values() for step in one["steps"] if step.get("by") == "api"}
    total = 0.0
    for calls in [made.api, *(calls for name, calls in made.calls.items() if name not in served)]:
        first = seconds * (1 - math.exp(-calls / seconds))
        total += first + 0.05 * (calls - first)
    return total
