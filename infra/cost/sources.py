"""What the model takes from elsewhere: the templates, the data model, and tests that assert what it says."""

from __future__ import annotations

import ast
import json
import math
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Function:
    """A function as it is deployed."""

    memory_mb: int
    timeout_s: int
    secrets: int


@dataclass
class Deployed:
    """What the templates deploy, as far as it is paid for."""

    functions: dict[str, Function] = field(default_factory=dict)
    routes: set[str] = field(default_factory=set)  # method and path, such as “GET /memories”
    queues: dict[str, bool] = field(default_factory=dict)  # by name, whether it is FIFO; those that a function is called from
    secrets: int = 0
    keys: int = 0
    alarm_metrics: dict[str, int] = field(default_factory=dict)  # by stack
    own_metrics: int = 0  # those that have no labels
    detailed_metrics: bool = False
    firewall_rules: int = 0
    backup_days: int = 0
    ai_budgets: dict[str, dict[str, float]] = field(default_factory=dict)
    runs_a_month: dict[str, float] = field(default_factory=dict)  # what the clock calls


@cache
def template(path: str) -> dict[str, Any]:
    """A template, with its functions written out."""
    return yaml_parse((ROOT / path).read_text())


def of_type(stack: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one.get("Properties", {}) for name, one in stack["Resources"].items() if one["Type"] == kind}


def deployed() -> Deployed:
    """Reads all templates."""
    main, found = template("template.yaml"), Deployed()
    defaults = main["Globals"]["Function"]
    for name, function in of_type(main, "AWS::Serverless::Function").items():
        variables = function.get("Environment", {}).get("Variables", {})
        secrets = sum("SECRET" in key or key.endswith("ACCESS_TOKEN") for key in variables)
        memory, timeout = (function.get(key, defaults[key]) for key in ("MemorySize", "Timeout"))
        found.functions[name.removesuffix("Function")] = Function(memory, timeout, secrets)
        for event in function.get("Events", {}).values():
            properties = event["Properties"]
            if event["Type"] == "Api":
                found.routes.add(f"{properties['Method']} {properties['Path']}")
            elif event["Type"] == "SQS":
                queue, _ = properties["Queue"]["Fn::GetAtt"]
                found.queues[queue.removesuffix("Queue")] = main["Resources"][queue]["Properties"].get("FifoQueue", False)
            elif event["Type"] == "ScheduleV2":
                found.runs_a_month[name.removesuffix("Function")] = _runs(properties["ScheduleExpression"])
    for name, schedule in of_type(main, "AWS::Scheduler::Schedule").items():
        found.runs_a_month[name.removesuffix("Schedule")] = _runs(schedule["ScheduleExpression"])
    found.secrets = len(of_type(main, "AWS::SecretsManager::Secret"))
    found.keys = len(of_type(main, "AWS::KMS::Key"))
    found.ai_budgets = json.loads(main["Parameters"]["AiBudgets"]["Default"])
    (api,) = of_type(main, "AWS::Serverless::Api").values()
    switches = [main["Parameters"][one["MetricsEnabled"]["Ref"]]["Default"] for one in api["MethodSettings"]]
    found.detailed_metrics = "true" in switches
    watching = template("infra/observability/template.yaml")
    for stack, which in ((main, "main"), (watching, "observability")):
        alarms = of_type(stack, "AWS::CloudWatch::Alarm").values()
        found.alarm_metrics[which] = sum(max(1, sum("MetricStat" in one for one in alarm.get("Metrics", []))) for alarm in alarms)
    found.own_metrics = (ROOT / "shared/runtime/src/metrics.rs").read_text().count("labels: &[],")
    filters = [made for one in of_type(main, "AWS::Logs::MetricFilter").values() for made in one["MetricTransformations"]]
    found.own_metrics += len({(made["MetricNamespace"], made["MetricName"]) for made in filters})
    (firewall,) = of_type(template("infra/edge/template.yaml"), "AWS::WAFv2::WebACL").values()
    # A rule that is there on a condition is not there by default.
    found.firewall_rules = sum("Fn::If" not in rule for rule in firewall["Rules"])
    found.backup_days = int(template("infra/backup/template.yaml")["Parameters"]["KeepDays"]["Default"])
    return found


def _runs(expression: str) -> float:
    """How often a rate comes in a month of 730 hours."""
    count, unit = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression).groups()
    return 730 * {"minute": 60, "hour": 1, "day": 1 / 24}[unit] / int(count)


def patterns() -> dict[str, tuple[str, str]]:
    """The access patterns of docs/data-model.md: read and write units, as they are written there."""
    table = (ROOT / "docs/data-model.md").read_text().split("## Access patterns")[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")]
    return {name: (reads, writes) for name, _calls, reads, writes, _test in rows}


def disagreements(units: dict[str, Any], numbers: dict[str, float]) -> list[str]:
    """Where `units.json` does not say what the data model says any more, or a test that it names does not assert it."""
    documented, wrong = patterns(), []
    for name, unit in units.items():
        if name not in documented:
            wrong.append(f"docs/data-model.md has no pattern “{name}”")
            continue
        for kind, said in zip(("reads", "writes"), documented[name], strict=True):
            value, quoted = evaluated(unit.get(kind, 0), numbers), unit["says"][("reads", "writes").index(kind)]
            if said != quoted:
                wrong.append(f"“{name}” has the {kind} “{said}” in docs/data-model.md and “{quoted}” here")
            elif bounds := re.fullmatch(r"(\d+)(?:–(\d+))?", said):
                low, high = int(bounds[1]), int(bounds[2] or bounds[1])
                if not low <= value <= high:
                    wrong.append(f"“{name}” has {value:g} {kind} here, the data model says {said}")
            elif not said and value:
                wrong.append(f"“{name}” has {value:g} {kind} here, and none in the data model")
        if "test" in unit:
            path, text = unit["test"]
            if text not in (ROOT / path).read_text():
                wrong.append(f"{path} does not say “{text}” of “{name}” any more")
    return wrong


_OPERATORS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b}


def evaluated(formula: float | str, numbers: dict[str, float]) -> float:
    """A number, or a sum and product of numbers and names, with `ceil`."""

    def value(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=name):
                return numbers[name]
            case ast.BinOp(left=left, op=operator, right=right):
                return _OPERATORS[type(operator)](value(left), value(right))
            case ast.Call(func=ast.Name(id="ceil"), args=[inner]):
                return math.ceil(value(inner))
            case _:
                raise ValueError(f"not a formula: {formula}")

    return value(ast.parse(str(formula), mode="eval").body)
