"""Checks that everything the dashboards and alarms name exists. `make template` calls this; it needs nothing but the repository.

- A metric of ours is counted by the code (`metric::count`) or by a metric filter of a template.
- A filter asks for fields and words that the code writes into its log.
- A metric of AWS is one that its service has, with dimensions that it has.
- Both dashboards show the same metrics, and no alarm or filter that a dashboard should show is missing there.
- A parameter that stands for a resource of the main stack has the name of one.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OURS = "MemoryApp"
# Of each service, what its guide lists and we use, and by what it can be asked for.
AWS = {
    "AWS/ApiGateway": (
        {"Count", "4XXError", "5XXError", "Latency", "IntegrationLatency"},
        [{"ApiName", "Stage"}, {"ApiName", "Method", "Resource", "Stage"}],
    ),
    "AWS/Lambda": (
        {"Errors", "Throttles", "Duration", "ConcurrentExecutions", "IteratorAge", "UrlRequestCount", "Url5xxCount", "UrlRequestLatency"},
        [{"FunctionName"}, set()],
    ),
    "AWS/SQS": ({"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}, [{"QueueName"}]),
    "AWS/DynamoDB": (
        {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"},
        [{"TableName"}],
    ),
}
# What our operators give; all others are names of resources.
GIVEN = {"MainStack", "AlarmEmail", "LatencyMs", "DeadDrivesPerHour", "AiBudgetRefusalsPerHour", "MonthlyBudget"}

Metric = tuple[str, str, frozenset[str]]


def template(path: Path) -> dict:
    """A template, with its functions written out."""
    return yaml_parse(path.read_text())


def resources(of: dict, kind: str) -> dict[str, dict]:
    """The properties of all resources of a kind, by name."""
    return {name: resource["Properties"] for name, resource in of["Resources"].items() if resource["Type"] == kind}


def text(value: object) -> str:
    """A text as it is in a template, its placeholders included."""
    if isinstance(value, dict):
        value = value["Fn::Sub"]
    return str(value).replace("${MainStack}", "$stack")


def source() -> str:
    """All Rust that is deployed."""
    files = [path for folder in ("functions", "shared") for path in sorted((ROOT / folder).rglob("src/**/*.rs"))]
    return "\n".join(path.read_text() for path in files)


def counted(code: str) -> set[Metric]:
    """Metrics that the code writes itself."""
    return {(OURS, name, frozenset()) for name in re.findall(r"metric::count\(\"(\w+)\"\)", code)}


def filtered(of: dict) -> set[Metric]:
    """Metrics that filters make of log lines."""
    made = [made for one in resources(of, "AWS::Logs::MetricFilter").values() for made in one["MetricTransformations"]]
    return {
        (text(one["MetricNamespace"]), one["MetricName"], frozenset(key["Key"] for key in one.get("Dimensions", []))) for one in made
    }


def unwritten(of: dict, code: str) -> list[str]:
    """Filters that wait for what the code never writes."""
    routes = set(json.loads((ROOT / "docs/openapi.json").read_text())["paths"]) | {"/ai/chat/stream"}
    wrong = []
    for name, one in resources(of, "AWS::Logs::MetricFilter").items():
        made = one["MetricTransformations"][0]
        asked = " ".join([one["FilterPattern"], str(made["MetricValue"]), *(key["Value"] for key in made.get("Dimensions", []))])
        # `message` is what tracing calls the line itself.
        for field in set(re.findall(r"\$\.(\w+)", asked)) - {"message"}:
            if not re.search(rf"\b{field}( =|,)", code):
                wrong.append(f"{name} asks for the field {field}, which no line has")
        for word in re.findall(r"\"([^\"]+)\"", asked):
            is_route = word.startswith("/") and any(re.fullmatch(word.replace("*", ".*"), route) for route in routes)
            if not is_route and f'"{word}"' not in code:
                wrong.append(f"{name} asks for “{word}”, which no line has")
    return wrong


def watched(of: dict) -> set[Metric]:
    """What alarms look at."""
    found = set()
    for alarm in resources(of, "AWS::CloudWatch::Alarm").values():
        stats = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
        for one in stats or [alarm]:
            dimensions = frozenset(dimension["Name"] for dimension in one.get("Dimensions", []))
            found.add((text(one["Namespace"]), one["MetricName"], dimensions))
    return found


def on_cloudwatch(of: dict) -> set[Metric]:
    """What the dashboard of CloudWatch shows."""
    (dashboard,) = resources(of, "AWS::CloudWatch::Dashboard").values()
    found = set()
    for widget in json.loads(text(dashboard["DashboardBody"]))["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            named = [part for part in metric if isinstance(part, str)]
            if named:
                found.add((named[0], named[1], frozenset(named[2::2])))
                continue
            for namespace, keys, name in re.findall(r"SEARCH\('\{\"?([^,\"]+)\"?,([^}]*)\} MetricName=\"(\w+)\"", metric[0]["expression"]):
                found.add((namespace, name, frozenset(keys.split(","))))
    return found


def on_grafana() -> set[Metric]:
    """What Grafana's shows."""
    panels = json.loads((HERE / "grafana.json").read_text())["panels"]
    targets = [target for panel in panels for target in panel["targets"] if target["metricName"]]
    return {(target["namespace"], target["metricName"], frozenset(target["dimensions"])) for target in targets}


def exists(metric: Metric, ours: set[Metric]) -> bool:
    """Whether somebody emits it."""
    namespace, name, dimensions = metric
    names, asked_by = AWS.get(namespace, (set(), []))
    return metric in ours or (name in names and set(dimensions) in asked_by)


def problems() -> list[str]:
    """All that is wrong, in words."""
    main, here, code = template(ROOT / "template.yaml"), template(HERE / "template.yaml"), source()
    others = [template(path) for path in sorted((ROOT / "infra").glob("*/template.yaml"))]
    ours = counted(code) | filtered(main) | filtered(here)
    cloudwatch, grafana = on_cloudwatch(here), on_grafana()
    named = cloudwatch | grafana | watched(main).union(*(watched(other) for other in others))

    wrong = [f"nobody emits {metric}" for metric in sorted(named, key=str) if not exists(metric, ours)]
    wrong += unwritten(main, code) + unwritten(here, code)
    wrong += [f"one dashboard alone shows {metric}" for metric in sorted(cloudwatch ^ grafana, key=str)]
    wrong += [f"no dashboard shows {metric}" for metric in sorted((ours | watched(main) | watched(here)) - cloudwatch, key=str)]
    wrong += [f"the main stack has no {name}" for name in set(here["Parameters"]) - GIVEN - set(main["Resources"])]
    return wrong


def main() -> None:
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
