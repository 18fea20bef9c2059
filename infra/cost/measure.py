#!/usr/bin/env python3
"""What operations take of the functions, measured on a running local cloud, for the model in `cost.py`.

Sends some of each operation, one after the other, and asks the kernel what CPU each function's process used meanwhile, and the cloud's logs
how often each was called and how much it wrote. Durations are not taken: they are those of the local cloud, which is one Python process.
Functions are warm: each operation is done once before it counts.

    python3 infra/local/stack.py start --parameter "RateLimits=$(python3 infra/cost/measure.py --limits)"
    .local/venv/bin/python infra/cost/measure.py --count 40

Functions of `make start` are not optimised; README.md says how those that ship are measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LIMITS = ",".join(f"{tier}{kind}=1000000/1h" for tier, kind in [("", "auth"), *((t, k) for t in ("free.", "premium.") for k in ("api", "upload", "ai"))])
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
# Nothing is counted before no function has worked for so long, nor later than so long after the last request.
QUIET_SECONDS, PATIENCE_SECONDS = 2.5, 120
TRIES = 4
# Called by the clock, whatever else happens.
BY_THE_CLOCK = {"ChoresWorker", "Scheduler"}


class Functions:
    """The functions of one local cloud: their processes and their logs."""

    def __init__(self, cloud: int, logs: object) -> None:
        self.cloud, self.logs = cloud, logs

    def cpu_ms(self) -> Counter:
        """By process, so that one that ends takes nothing away: what its threads have used, or its own sum, in steps of ten milliseconds, which has threads that ended."""
        used: Counter = Counter()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                stat = (process / "stat").read_text().rpartition(")")[2].split()
                if int(stat[1]) != self.cloud:
                    continue
                threads = sum(int(thread.read_text().split()[0]) for thread in process.glob("task/*/schedstat"))
                environment = (process / "environ").read_bytes().decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if name := re.search(r"AWS_LAMBDA_FUNCTION_NAME=[\w-]*?-(\w+)Function-", environment):
                used[name[1], process.name] += max((int(stat[11]) + int(stat[12])) * TICK_MS, threads / 1e6)
        return used

    def peaks_mb(self) -> dict[str, float]:
        """The most memory that a process of each has held."""
        peaks: dict[str, float] = {}
        for name, process in self.cpu_ms():
            status = Path("/proc", process, "status").read_text()
            peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
            peaks[name] = round(max(peaks.get(name, 0), peak), 1)
        return peaks

    def written(self) -> tuple[Counter, Counter]:
        """How often each was called, and the bytes of its own lines."""
        calls, size = Counter(), Counter()
        for group in self.logs.get_paginator("describe_log_groups").paginate():
            for name in (one["logGroupName"] for one in group["logGroups"]):
                function = re.search(r"/(\w+)Logs", name)
                for page in self.logs.get_paginator("filter_log_events").paginate(logGroupName=name) if function else []:
                    for event in page["events"]:
                        message = event["message"]
                        calls[function[1]] += message.startswith("REPORT ")
                        size[function[1]] += len(message.encode()) if message.startswith("{") else 0
        return calls, size

    def settle(self) -> None:
        """Waits until nobody works any more."""
        seen, since, until = None, time.monotonic(), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and time.monotonic() - since < QUIET_SECONDS:
            now = {key: value for key, value in self.cpu_ms().items() if key[0] not in BY_THE_CLOCK}
            if now != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.25)


def patiently(operation: Callable[[int], object], number: int) -> None:
    """Once more, if the local cloud was too slow for a function: what that took is one call more, and the model counts by calls."""
    from client import Mismatch

    for attempt in range(TRIES):
        try:
            operation(number)
            return
        except Mismatch as mismatch:
            if "timed out" not in str(mismatch) or attempt == TRIES - 1:
                raise


def measured(functions: Functions, operation: Callable[[int], object], count: int, pause: float) -> dict[str, dict[str, float]]:
    """What one of them takes of each function: CPU, calls, bytes of log."""
    patiently(operation, -1)
    functions.settle()
    cpu, (calls, size) = functions.cpu_ms(), functions.written()
    for number in range(count):
        patiently(operation, number)
        time.sleep(pause)
    functions.settle()
    after, (calls_after, size_after) = functions.cpu_ms(), functions.written()
    used: Counter = Counter()
    for (name, process), value in after.items():
        used[name] += value - cpu[name, process]
    called = calls_after - calls
    return {
        name: {
            "calls": round(called[name] / count, 2),
            "cpuMs": round(used[name] / count, 2),
            "logBytes": round((size_after[name] - size[name]) / called[name]),
        }
        for name in sorted(called) if name not in BY_THE_CLOCK
    }


def clockwork(functions: Functions, seconds: float) -> dict[str, dict[str, float]]:
    """What one call by the clock takes of those that are so called, with hardly anything due."""
    cpu, (calls, size) = functions.cpu_ms(), functions.written()
    time.sleep(seconds)
    after, (calls_after, size_after) = functions.cpu_ms(), functions.written()
    found = {}
    for name in sorted(BY_THE_CLOCK):
        if called := calls_after[name] - calls[name]:
            used = sum(value - cpu[key] for key, value in after.items() if key[0] == name)
            found[name] = {"calls": 1, "cpuMs": round(used / called, 2), "logBytes": round((size_after[name] - size[name]) / called)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--limits", action="store_true", help="only print the limits of requests that the stack has to be started with")
    parser.add_argument("--count", type=int, default=40, help="of each operation (%(default)s)")
    parser.add_argument("--only", default="", help="a regular expression: measure the operations that it finds, keep the others")
    parser.add_argument("--profile", default="local", help="what the functions were built with: local or release")
    parser.add_argument("--clock", type=float, default=130, help="seconds to watch what the clock calls; 0 keeps what is there")
    parser.add_argument("--outputs", type=Path, default=ROOT / ".local" / "outputs.json")
    parser.add_argument("--to", type=Path, default=HERE / "measurements.json")
    options = parser.parse_args()
    if options.limits:
        return print(LIMITS)
    import boto3

    sys.path.insert(0, str(ROOT / "infra" / "local"))
    from cloud import Cloud
    from doings import Person, footprint, operations

    outputs = json.loads(options.outputs.read_text())
    env = outputs["env"]
    os.environ.update(env)
    port = int(env["AWS_ENDPOINT_URL"].rpartition(":")[2])
    cloud = Cloud(port).process.id()
    if cloud is None:
        sys.exit(f"No local cloud runs on port {port}: python3 infra/local/stack.py start")
    functions = Functions(cloud, boto3.client("logs"))

    record = json.loads(options.to.read_text()) if options.to.exists() else {}
    record |= {
        "date": date.today().isoformat(), "commit": commit(), "profile": options.profile, "count": options.count, "machine": machine(),
        "command": f".local/venv/bin/python infra/cost/measure.py --count {options.count} --profile {options.profile}",
    }
    person = Person(outputs)
    for name, (operation, pause, few) in operations(person).items():
        if not re.search(options.only, name):
            continue
        taken = measured(functions, operation, max(options.count // few, 3), pause)
        print(f"{name}: " + ", ".join(f"{who} {what['calls']:g}× {what['cpuMs']:g} ms" for who, what in taken.items()), flush=True)
        # At once: who is interrupted goes on with --only.
        record.setdefault("operations", {})[name] = taken
        options.to.write_text(json.dumps(record, indent=1) + "\n")
    record["footprint"] = footprint(outputs, person)
    if options.clock:
        record["clock"] = clockwork(functions, options.clock)
    record["peaksMb"] = record.get("peaksMb", {}) | functions.peaks_mb()
    options.to.write_text(json.dumps(record, indent=1) + "\n")


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    return f"{os.cpu_count()} cores, {model}, load {os.getloadavg()[0]:.1f} at the beginning"


def commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
