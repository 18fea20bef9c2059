"""Checks that everything the dashboards and alarms name exists. `make template` calls this; it needs nothing but the repository.

- A metric of ours is in the code's list of those that lines of the log carry, or made by a metric filter of the main template.
- A metric of the list is a field of some line together with its labels, or counts errors that say what became of a worker's message.
- Prometheus is told of every kind of work whose errors are counted, and of no other, before there is one.
- A filter asks for fields and words that the code writes into its log.
- A metric of AWS is one that its service has, with dimensions that it has.
- Both dashboards show the same metrics, and no alarm or filter that a dashboard should show is missing there.
- The dashboard shows the state of every alarm, the main stack's included.
- A parameter that stands for a resource of the main stack has the name of one, and no function or queue of the main stack is forgotten.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
METRICS = ROOT / "shared/runtime/src/metrics.rs"
PROMETHEUS = ROOT / "functions/ops/src/metrics/text.rs"
# Of each service, what its guide lists and we use, and by what it can be asked for.
AWS = {
    "AWS/ApiGateway": (
        {"Count", "4XXError", "5XXError", "Latency", "IntegrationLatency"},
        [{"ApiName", "Stage"}, {"ApiName", "Method", "Resource", "Stage"}],
    ),
    "AWS/Lambda": (
        {"Errors", "Throttles", "Duration", "Invocations", "ConcurrentExecutions", "IteratorAge", "UrlRequestCount", "Url5xxCount", "UrlRequestLatency"},
        [{"FunctionName"}, set()],
    ),
    "AWS/SQS": ({"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}, [{"QueueName"}]),
    "AWS/DynamoDB": (
        {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents", "SuccessfulRequestLatency"},
        [{"TableName"}, {"Operation", "TableName"}],
    ),
}
# What our operators give; all others are names of resources.
GIVEN = {"MainStack", "AlarmEmail", "LatencySeconds", "DeadDrivesPerHour", "AiBudgetRefusalsPerHour", "MonthlyBudget"}

ALARM = "AWS::CloudWatch::Alarm"
Metric = tuple[str, str, frozenset[str]]


def template(path: Path) -> dict:
    """A template, with its functions written out."""
    return yaml_parse(path.read_text())


def resources(of: dict, kind: str) -> dict[str, dict]:
    """The properties of all resources of a kind, by name."""
    return {name: resource["Properties"] for name, resource in of["Resources"].items() if resource["Type"] == kind}


def text(value: object) -> str:
    """A text as it is in a template, its placeholders included; the main stack is called the same in all."""
    if isinstance(value, dict):
        value = value["Fn::Sub"]
    return re.sub(r"\$\{(MainStack|AWS::StackName)\}", "$stack", str(value))


def source() -> str:
    """All Rust that is deployed."""
    files = [path for folder in ("functions", "shared") for path in sorted((ROOT / folder).rglob("src/**/*.rs"))]
    return "\n".join(path.read_text() for path in files)


def listed() -> dict[str, frozenset[str]]:
    """The metrics that lines of the log carry, with their labels."""
    found = re.findall(r"name: \"?(\w+)\"?,\s+unit: Unit::\w+,\s+labels: &\[([^]]*)\]", METRICS.read_text())
    return {counted().get(name, name): frozenset(re.findall(r"\w+", labels)) for name, labels in found}


def counted() -> dict[str, str]:
    """Constants of the code that are metrics made of other fields than their own."""
    return dict(re.findall(r"const (\w+): &str = \"(\w+)\"", METRICS.read_text()))


def carried(main: dict) -> set[Metric]:
    """The same, as CloudWatch knows them: in the namespace that the main template gives."""
    namespace = text(main["Globals"]["Function"]["Environment"]["Variables"]["METRICS_NAMESPACE"])
    return {(namespace, name, labels) for name, labels in listed().items()}


def uncarried(code: str) -> list[str]:
    """Metrics of the list that no line has."""
    elsewhere = code.replace(METRICS.read_text(), "")
    wrong = [] if re.search(r"tracing::error!\([^;]*\boutcome\b", elsewhere) else ["no error has an outcome"]
    for name, labels in listed().items():
        if name not in counted().values() and not any(
            all(f"{label} =" in line for label in labels) for line in lines_with(name, elsewhere)
        ):
            wrong.append(f"no line has {name} and its labels {sorted(labels)}")
    return wrong


def mistold(code: str) -> list[str]:
    """Work whose first error Prometheus would take for nothing new, and work that has no errors."""
    errors = re.findall(r"tracing::error!\(((?:[^()]|\([^()]*\))*)\)", code)
    # What is written for any work ("{work}") its workers write, too.
    failing = {name for line in errors if re.search(r"\boutcome\b", line) for name in re.findall(r"\"(\w+)\",?\s*$", line)}
    told = re.search(r"\"jobs_failed_total\",\s+&\[([^]]*)\]", PROMETHEUS.read_text())
    known = set(re.findall(r"\w+", told[1] if told else ""))
    wrong = [f"Prometheus is not told of “{work}” before it fails" for work in sorted(failing - known)]
    return wrong + [f"Prometheus is told of “{work}”, which never fails" for work in sorted(known - failing)]


def lines_with(field: str, code: str) -> list[str]:
    """The code of those lines of the log that have a field."""
    places = [found.start() for found in re.finditer(rf"\b{field} =", code)]
    return [code[code.rfind("tracing::", 0, place) : code.find(");", place)] for place in places]


def filtered(of: dict) -> set[Metric]:
    """Metrics that filters make of log lines."""
    made = [made for one in resources(of, "AWS::Logs::MetricFilter").values() for made in one["MetricTransformations"]]
    return {
        (text(one["MetricNamespace"]), one["MetricName"], frozenset(key["Key"] for key in one.get("Dimensions", []))) for one in made
    }


def unwritten(of: dict, code: str) -> list[str]:
    """Filters that wait for what the code never writes."""
    wrong = []
    for name, one in resources(of, "AWS::Logs::MetricFilter").items():
        wrong += [f"{name} asks for the field {field}, which no line has"
                  for field in sorted(set(re.findall(r"\$\.(\w+)", one["FilterPattern"])))
                  if not re.search(rf"\b{field}( =|,)", code)]
        wrong += [f"{name} asks for “{word}”, which no line has"
                  for word in re.findall(r"\"([^\"]+)\"", one["FilterPattern"]) if f'"{word}"' not in code]
    return wrong


def watched(of: dict) -> set[Metric]:
    """What alarms look at."""
    found = set()
    for alarm in resources(of, ALARM).values():
        stats = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
        for one in stats or [alarm]:
            dimensions = frozenset(dimension["Name"] for dimension in one.get("Dimensions", []))
            found.add((text(one["Namespace"]), one["MetricName"], dimensions))
    return found


def widgets(of: dict) -> list[dict]:
    """What the dashboard of CloudWatch is made of."""
    (dashboard,) = resources(of, "AWS::CloudWatch::Dashboard").values()
    return json.loads(text(dashboard["DashboardBody"]))["widgets"]


def unshown(main: dict, here: dict) -> list[str]:
    """Alarms whose state the dashboard does not show."""
    (widget,) = [one for one in widgets(here) if one["type"] == "alarm"]
    told = {name for arn in widget["properties"]["alarms"] for name in re.findall(r"\$\{(\w+Alarm)", arn)}
    return sorted(set(resources(main, ALARM) | resources(here, ALARM)) - told)


def on_cloudwatch(of: dict) -> set[Metric]:
    """What the dashboard of CloudWatch shows."""
    found = set()
    for widget in widgets(of):
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
    ours = carried(main) | filtered(main)
    cloudwatch, grafana = on_cloudwatch(here), on_grafana()
    named = cloudwatch | grafana | watched(main).union(*(watched(other) for other in others))

    wrong = [f"nobody emits {metric}" for metric in sorted(named, key=str) if not exists(metric, ours)]
    wrong += unwritten(main, code) + uncarried(code) + mistold(code)
    wrong += [f"one dashboard alone shows {metric}" for metric in sorted(cloudwatch ^ grafana, key=str)]
    wrong += [f"no dashboard shows {metric}" for metric in sorted((ours | watched(main) | watched(here)) - cloudwatch, key=str)]
    wrong += [f"the dashboard does not show the state of {name}" for name in unshown(main, here)]
    shown = resources(main, "AWS::Serverless::Function") | resources(main, "AWS::SQS::Queue")
    wrong += [f"no dashboard shows {name}" for name in sorted(set(shown) - set(here["Parameters"]))]
    wrong += [f"the main stack has no {name}" for name in sorted(set(here["Parameters"]) - GIVEN - set(main["Resources"]))]
    return wrong


def main() -> None:
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
