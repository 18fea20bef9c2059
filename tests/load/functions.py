"""The second target: the same functions on a fast table, behind a gateway in Rust (`src/`), beside a local cloud that has everything else."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import yaml

from target import GATEWAY_BEHIND, HOST, ROOT, TABLE_BEHIND, Target, free_ports, local_stack

PROGRAM = "fast-stack"
CODE = "target/lambda/"


class Template(yaml.SafeLoader):
    """CloudFormation's YAML: what it calls by tags is read as plain values, and is none of our business."""


def _plain(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else loader.construct_mapping(node)


Template.add_multi_constructor("!", _plain)


@contextmanager
def fast_functions(prebuilt: Path | None) -> Iterator[Target]:
    """A stack whose table is fast, and whose API is answered without the local cloud."""
    if "MEMORY_APP_OUTPUTS" in os.environ:
        raise SystemExit("A stack that runs already has its functions at its own table: LOAD_ON=functions starts one of its own.")
    port = free_ports()
    # The functions that the local cloud starts, which work off its queues, are to find the same table.
    elsewhere = {"MEMORY_APP_FUNCTIONS_ENDPOINT": f"http://{HOST}:{port + TABLE_BEHIND}"}
    with TemporaryDirectory() as scratch, local_stack(prebuilt, port, elsewhere) as outputs_path:
        outputs = json.loads(outputs_path.read_text())
        home = ROOT / ".local" / "stacks" / str(port)
        plan, table_file = home / f"{PROGRAM}.json", Path(scratch, "table.sqlite")
        plan.write_text(json.dumps(planned(outputs, port, home / "app", table_file)))
        with served(plan, home / f"{PROGRAM}.log", built(prebuilt) / PROGRAM):
            index_stream(table_file)
            yield Target(f"http://{HOST}:{port + GATEWAY_BEHIND}", outputs["CloudEndpoint"], f"http://{HOST}:{port + TABLE_BEHIND}/calls")


def planned(outputs: dict[str, Any], port: int, app: Path, table_file: Path) -> dict[str, Any]:
    """What the program is to serve: the table and the routes of the template, the functions as they are deployed."""
    resources = yaml.load((ROOT / "template.yaml").read_text(), Template)["Resources"]
    client = boto3.client("lambda", **credentials(outputs["env"]))
    functions, routes = {}, []
    for logical_id, resource in resources.items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        name = properties["CodeUri"].removeprefix(CODE).strip("/")
        events = [event["Properties"] for event in properties.get("Events", {}).values() if event["Type"] == "Api"]
        if events or name == "indexer":
            deployed = client.get_function_configuration(FunctionName=outputs[f"{logical_id}Name"])
            bootstrap = app / CODE / name / "bootstrap"
            functions[name] = function(deployed, bootstrap, outputs["env"], port)
        routes += [{"method": event["Method"], "path": event["Path"], "function": name} for event in events]
    return {
        "table_port": port + TABLE_BEHIND, "gateway_port": port + GATEWAY_BEHIND, "cloud": outputs["CloudEndpoint"],
        "table_file": str(table_file), "table": table(resources["DataTable"]["Properties"], outputs["TableName"]),
        "functions": functions, "routes": routes, "stream_to": "indexer",
    }


def credentials(env: dict[str, str]) -> dict[str, str]:
    return {
        "endpoint_url": env["AWS_ENDPOINT_URL"], "region_name": env["AWS_REGION"],
        "aws_access_key_id": env["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
    }


def function(deployed: dict[str, Any], bootstrap: Path, env: dict[str, str], port: int) -> dict[str, Any]:
    """One function: what is deployed, and what Lambda adds."""
    environment = deployed["Environment"]["Variables"] | env | {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port + TABLE_BEHIND}",
        "AWS_LAMBDA_FUNCTION_NAME": deployed["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployed["MemorySize"]),
        "AWS_LAMBDA_LOG_STREAM_NAME": "load",
        "LAMBDA_TASK_ROOT": str(bootstrap.parent),
        "_HANDLER": "bootstrap",
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
    }
    return {"bootstrap": str(bootstrap), "environment": environment, "arn": deployed["FunctionArn"], "timeout_seconds": deployed["Timeout"]}


def table(properties: dict[str, Any], name: str) -> dict[str, Any]:
    """The template's table as a request to make it, less what only AWS has."""
    kept = ["AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "VectorIndexes"]
    stream = {"StreamEnabled": True} | properties["StreamSpecification"]
    return {key: properties[key] for key in kept} | {"TableName": name, "StreamSpecification": stream}


def index_stream(table_file: Path) -> None:
    """dynoxide asks for the stream's last record before each write, and looks at all of them if it has no index to ask."""
    with closing(sqlite3.connect(table_file)) as database:
        database.execute("CREATE INDEX last_of_stream ON _stream_records (table_name, CAST(sequence_number AS INTEGER))")


def built(prebuilt: Path | None) -> Path:
    """Where the program was built, together with the functions."""
    if prebuilt:
        return prebuilt.resolve()
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    ).stdout
    return Path(json.loads(metadata)["target_directory"]) / "local"


@contextmanager
def served(plan: Path, log: Path, program: Path) -> Iterator[None]:
    """The program, from when it is ready until it is not needed any more."""
    with log.open("wb") as errors:
        # What it and the functions log goes to the file; the first line alone comes here.
        process = subprocess.Popen([program, plan], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
    try:
        if process.stdout is None or process.stdout.readline() != b"ready\n":
            raise SystemExit(f"{program} is not ready; its log is {log}")
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
