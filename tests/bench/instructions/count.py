"""Counts the instructions of a function's start and its first TLS call, and fails where they are over the budget: `make instructions`.

The function is what `cargo build --release` makes. callgrind counts what it does from `exec` to its first answer, for an event without a good
token: the function reads the rules of addresses from the table, which is its one call of AWS, and answers 401. It is counted twice, with the table
behind TLS and with the table behind plain HTTP. A count does not depend on how busy the machine is.
"""

from __future__ import annotations

import argparse
import json
import shutil
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

import environment
import played
import roots

ROOT = Path(__file__).resolve().parents[3]
# Where `make instructions` unpacks valgrind, if the machine has none.
UNPACKED = ROOT / ".local/tools/valgrind/usr"
TRIES = 5


def main() -> int:
    arguments = parsed()
    event = (ROOT / arguments.event).read_bytes()
    function = environment.function_of(ROOT / "template.yaml", arguments.binary.name)
    with tempfile.TemporaryDirectory() as folder:
        chain = roots.Chain(Path(folder))
        binary = Path(folder) / arguments.binary.name
        binary.write_bytes(chain.trusted_by(arguments.binary.read_bytes()))
        binary.chmod(0o755)
        counted = {
            way: count(binary, arguments, event, function, tls)
            for way, tls in (("tls", chain.server()), ("plain", None))
        }
    return report(arguments, counted)


def parsed() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("binary", type=Path, help="the function, such as target/release/memories")
    arguments.add_argument("--event", default="events/memories/list.json", help="what it is given first")
    arguments.add_argument("--status", type=int, default=401, help="what it must answer")
    arguments.add_argument("--call", default="DynamoDB_20120810.GetItem", help="the one call that it must make")
    arguments.add_argument("--budget", type=int, default=8_000_000, help="the most instructions")
    arguments.add_argument("--ratio", type=float, default=2.5, help="the most of those with plain HTTP")
    arguments.add_argument("--out", type=Path, default=ROOT / "target/bench", help="where the records go")
    parsed = arguments.parse_args()
    parsed.out.mkdir(parents=True, exist_ok=True)
    return parsed


def count(binary: Path, arguments: argparse.Namespace, event: bytes, function: dict[str, str], tls: ssl.SSLContext | None) -> int:
    """The instructions from `exec` to the first answer. Where the machine is so busy that the function loses patience and calls again, once more."""
    record = arguments.out / f"callgrind.{binary.name}.{'tls' if tls else 'plain'}"
    for _ in range(TRIES):
        with played.Lambda(event) as lambda_, played.Table(tls) as table:
            run(binary, record, function | lambda_.variables() | table.variables(), lambda_)
        seen = f"{binary.name} answered {lambda_.status} after {table.connections} connections and {table.calls}."
        if (lambda_.status, set(table.calls)) != (arguments.status, {arguments.call}):
            sys.exit(seen)
        if len(table.calls) == table.connections == 1:
            return total(record)
        print(seen, file=sys.stderr)
    sys.exit("The machine is too busy.")


def run(binary: Path, record: Path, variables: dict[str, str], lambda_: played.Lambda) -> None:
    """Runs the function under callgrind until it has answered."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        valgrind = str(UNPACKED / "bin/valgrind")
        # It is not where it was built for.
        variables |= {"VALGRIND_LIB": str(UNPACKED / "libexec/valgrind")}
    command = [valgrind, "--tool=callgrind", f"--callgrind-out-file={record}", "--quiet", str(binary)]
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)
    try:
        if not lambda_.answered.wait(timeout=120):
            sys.exit(f"{binary.name} did not answer within two minutes.")
    finally:
        # callgrind writes its record when it is told to end.
        process.terminate()
        process.wait(timeout=60)


def total(record: Path) -> int:
    """The instructions of a record."""
    lines = record.read_text(errors="replace").splitlines()
    return int(next(line for line in lines if line.startswith("totals:")).split()[1])


def report(arguments: argparse.Namespace, counted: dict[str, int]) -> int:
    """Says what was counted, and whether it is within the budgets."""
    tls, plain = counted["tls"], counted["plain"]
    rows = [
        {"what": "start and first TLS call", "instructions": tls, "budget": arguments.budget, "isMet": tls <= arguments.budget},
        {"what": "the same over plain HTTP", "instructions": plain},
        {"what": "ratio", "ratio": round(tls / plain, 3), "budget": arguments.ratio, "isMet": tls <= arguments.ratio * plain},
    ]
    print(f"\nInstructions of {arguments.binary.name}\n\n| | counted | budget | |\n| --- | --: | --: | --- |")
    for row in rows:
        counted_as = f"{row['instructions']:,}" if "instructions" in row else f"{row['ratio']:.2f}"
        budget = f"{row['budget']:,}" if "budget" in row else ""
        verdict = {True: "met", False: "**not met**"}.get(row.get("isMet"), "")
        print(f"| {row['what']} | {counted_as} | {budget} | {verdict} |")
    (arguments.out / "instructions.json").write_text(json.dumps({"function": arguments.binary.name, "rows": rows}, indent=2) + "\n")
    return 0 if all(row.get("isMet", True) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
