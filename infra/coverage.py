"""How much of the code the tests run: unit tests, the vendors' clients and the end-to-end tests, with the functions as processes of the local cloud.

    make coverage                                                      everything
    make coverage COVERAGE='--steps unit --package app-dates'          one crate's own tests
    make coverage COVERAGE='--steps e2e --filter disaster'             some end-to-end tests
    make coverage COVERAGE='--steps ""'                                adds up again what the last run has counted

cargo-llvm-cov has rustc instrument our crates, in a target folder of its own, and adds up what the processes have counted. They count right in their file
(continuous mode), so that nothing is lost of one that is killed, as the cloud ends functions. Code of tests is left out: crates and folders of tests,
and modules behind `#[cfg(test)]`.

Fails if a test fails, or if less than --at-least percent of the lines were run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import debian

ROOT = Path(__file__).resolve().parents[1]
LOCAL = ROOT / ".local"
# One file for each binary, four of them so that processes do not wait for each other.
COUNTS = "counts-%4m%c.profraw"
# What the counters need to be found where the file is.
CONTINUOUS = "-Cllvm-args=-runtime-counter-relocation"
# Crates and folders that only tests use. cargo-llvm-cov leaves out tests/ and examples/ by itself.
OF_TESTS = r"shared/testing/"
# Debian's LLVM that reads what this rustc writes, where the one of rustup cannot be had. The format of counts is older than it and the same in both.
DEBIAN = "19"
LINES, REGIONS = 0, 1

Counts = dict[str, list[list[int]]]


def cargo(environment: dict[str, str], *arguments: str | Path) -> None:
    """Runs cargo to its end, and ends with it if it fails."""
    print("==> cargo", shlex.join(map(str, arguments)), flush=True)
    finished = subprocess.run(["cargo", *map(str, arguments)], cwd=ROOT, env=environment, check=False)
    if finished.returncode:
        sys.exit(finished.returncode)


def said(*command: str, env: dict[str, str] | None = None) -> str:
    return subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout


def llvm_tools() -> dict[str, str]:
    """Variables that lead to llvm-cov and llvm-profdata: none where rustup has them."""
    if "LLVM_COV" in os.environ and "LLVM_PROFDATA" in os.environ:
        return {}
    host = re.search(r"^host: (.*)$", said("rustc", "-vV"), re.MULTILINE)
    of_rustup = Path(said("rustc", "--print", "sysroot").strip(), "lib/rustlib", host[1] if host else "", "bin/llvm-cov")
    if of_rustup.exists() or shutil.which("rustup") and added():
        return {}
    folder = LOCAL / f"llvm-{DEBIAN}"
    if not folder.exists():
        install = "llvm-cov is missing: rustup component add llvm-tools, or set LLVM_COV and LLVM_PROFDATA."
        debian.unpack(folder, [f"llvm-{DEBIAN}", f"libllvm{DEBIAN}"], otherwise=install)
    tools = folder / f"usr/lib/llvm-{DEBIAN}/bin"
    (libraries,) = (library.parent for library in folder.glob(f"usr/lib/*/libLLVM.so.{DEBIAN}.?"))
    found = {"LLVM_COV": str(tools / "llvm-cov"), "LLVM_PROFDATA": str(tools / "llvm-profdata"), "LD_LIBRARY_PATH": str(libraries)}
    # It is needed hours later: what it lacks of other packages is better known now.
    said(found["LLVM_COV"], "--version", env=os.environ | found)
    return found


def added() -> bool:
    """Whether rustup could add the component."""
    return subprocess.run(["rustup", "component", "add", "llvm-tools"], cwd=ROOT, check=False).returncode == 0


def instrumented(build: Path, tools: dict[str, str]) -> dict[str, str]:
    """The environment in which cargo instruments our crates and processes count."""
    inherited = {name: value for name, value in os.environ.items() if name != "RUSTFLAGS"}
    own = {
        "CARGO_TARGET_DIR": str(build),
        # Neither is needed to count, and both are large.
        "CARGO_INCREMENTAL": "0", "CARGO_PROFILE_LOCAL_DEBUG": "false",
        "LLVM_PROFILE_FILE_NAME": COUNTS,
    }
    shown = said("cargo", "llvm-cov", "show-env", "--sh", "--no-cfg-coverage", env=inherited | own | tools)
    variables = dict(word.split("=", 1) for word in shlex.split(shown) if "=" in word)
    flags = f"{variables.get('RUSTFLAGS', '')} {CONTINUOUS}".strip()
    return inherited | own | variables | {"RUSTFLAGS": flags}


def run_tests(environment: dict[str, str], options: argparse.Namespace) -> None:
    """Runs the steps that are wanted, as the Makefile does."""
    packages = [word for package in options.package for word in ("--package", package)] or ["--workspace"]
    common = ("test", "--locked", "--profile", "local")
    if "unit" in options.steps:
        cargo(environment, *common, *packages)
    if "vendors" in options.steps:
        python = {"VENDORS_PYTHON": str(LOCAL / "vendors/bin/python")}
        cargo(environment | python, *common, *packages, "--package", "app-connectors", "--test", "drives", "official", "--", "--ignored")
    if "e2e" in options.steps:
        cargo(environment, *common, *packages, "--features", "e2e/stack", "--test", "it", "--", *options.filter)


def added_up(environment: dict[str, str], out: Path) -> dict:
    """Has cargo-llvm-cov add up the counts; leaves them for other programs as JSON and LCOV."""
    report = ("llvm-cov", "report", "--profile", "local", "--ignore-filename-regex", OF_TESTS)
    cargo(environment, *report, "--lcov", "--output-path", out / "lcov.info")
    cargo(environment, *report, "--json", "--skip-functions", "--output-path", out / "llvm-cov.json")
    return json.loads((out / "llvm-cov.json").read_text())["data"][0]


def of_tests(file: Path) -> tuple[set[int], set[Path]]:
    """The lines of a file that are behind `#[cfg(test)]`, and the files of modules that are."""
    lines, inside, elsewhere = file.read_text().splitlines(), set(), set()
    for number, line in enumerate(lines):
        if line.strip() != "#[cfg(test)]":
            continue
        indent = line[: len(line) - len(line.lstrip())]
        end = number + 1
        while lines[end].lstrip().startswith(("#[", "//")):
            end += 1
        if module := re.fullmatch(r"(?:pub(?:\(\w+\))? )?mod (\w+);", lines[end].strip()):
            path = next((re.search(r'#\[path = "(.*)"\]', one) for one in lines[number:end] if "path" in one), None)
            folder = file.parent if file.stem in ("lib", "main", "mod") else file.with_suffix("")
            elsewhere |= {file.parent / path[1]} if path else {folder / f"{module[1]}.rs", folder / module[1] / "mod.rs"}
        elif not lines[end].rstrip().endswith((";", "}")):
            end = next(later for later in range(end, len(lines)) if lines[later].rstrip() in (f"{indent}}}", f"{indent}}};"))
        inside |= set(range(number + 1, end + 2))
    return inside, elsewhere


def lines_of(lcov: Path) -> Iterator[tuple[Path, int, bool]]:
    """Each line that could be run, and whether it was."""
    file = Path()
    for line in lcov.read_text().splitlines():
        kind, _, value = line.partition(":")
        if kind == "SF":
            file = Path(value)
        elif kind == "DA":
            number, count = value.split(",")[:2]
            yield file, int(number), int(count) > 0


def counted(found: dict, lcov: Path) -> Counts:
    """By crate, how many lines and regions there are and how many were run."""
    files = {Path(file["filename"]) for file in found["files"]}
    inside: dict[Path, set[int]] = {}
    whole: set[Path] = set()
    for file in files:
        inside[file], elsewhere = of_tests(file)
        whole |= elsewhere
    counts: Counts = defaultdict(lambda: [[0, 0], [0, 0]])

    def note(file: Path, line: int, was_run: bool, kind: int) -> None:
        if file not in whole and line not in inside[file]:
            count = counts["/".join(file.relative_to(ROOT).parts[:2])][kind]
            count[0] += 1
            count[1] += was_run

    for file, line, was_run in lines_of(lcov):
        note(file, line, was_run, LINES)
    for file in found["files"]:
        for line, _column, count, has_count, begins, is_gap in file["segments"]:
            if has_count and begins and not is_gap:
                note(Path(file["filename"]), line, count > 0, REGIONS)
    return counts


def told(counts: Counts, at_least: float) -> float:
    """Prints a line for each crate and one for all. Returns how many percent of all lines were run."""
    total = [[sum(crate[kind][which] for crate in counts.values()) for which in (0, 1)] for kind in (LINES, REGIONS)]
    print(f"\n{'crate':28} {'lines':>8} {'run':>8}  {'':7} {'regions':>8} {'run':>8}")
    for name, crate in [*sorted(counts.items()), ("all", total)]:
        shown = "  ".join(f"{there:8} {run:8}  {percent(there, run):6.2f} %"[1:] for there, run in crate)
        print(f"{name:28}{' '}{shown}")
    lines = percent(*total[LINES])
    print(f"\n{lines:.2f} % of the lines were run: {at_least:g} % {'is' if lines >= at_least else 'is NOT'} reached.")
    return lines


def percent(there: int, was_run: int) -> float:
    return 100 * was_run / there if there else 100.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    every = "unit,vendors,e2e"
    parser.add_argument("--steps", type=lambda text: [step for step in text.split(",") if step], default=every.split(","), help=f"of {every}")
    parser.add_argument("--package", action="append", default=[], help="this crate instead of all; may be repeated")
    parser.add_argument("--filter", action="append", default=[], help="the end-to-end tests to run; may be repeated")
    parser.add_argument("--out", type=Path, default=ROOT / "target/coverage", help="a folder for everything (%(default)s)")
    parser.add_argument("--at-least", type=float, default=90, help="percent of the lines (%(default)s)")
    options = parser.parse_args()
    out = options.out.resolve()
    build = out / "build"
    build.mkdir(parents=True, exist_ok=True)
    tools = llvm_tools()
    environment = instrumented(build, tools)
    if options.steps:
        for old in build.glob("*.profraw"):
            old.unlink()
        # cargo-llvm-cov adds up over every program in the folder: none may be left of other code, or of another choice of features.
        cargo(environment, "clean", "--locked", "--workspace", "--profile", "local")
        run_tests(environment, options)
    counts = counted(added_up(environment | tools, out), out / "lcov.info")
    summary = {name: {"lines": crate[LINES], "regions": crate[REGIONS]} for name, crate in sorted(counts.items())}
    (out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    lines = told(counts, options.at_least)
    wired = [Path(file) for file, _, was_run in lines_of(out / "lcov.info") if was_run and file.name == "main.rs"]
    if "e2e" in options.steps and not wired:
        sys.exit("No function has counted anything: the local cloud did not hand LLVM_PROFILE_FILE on.")
    sys.exit(0 if lines >= options.at_least else 1)


if __name__ == "__main__":
    main()
