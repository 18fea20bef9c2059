#!/usr/bin/env python3
"""The whole product on this machine: real template, real functions, a local cloud. `make` and the tests call this."""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cloud import Cloud
from deployment import STACK, api_url, deploy, write_outputs
from drives import Drives
from functions import build, stage
from graph import Graph
from openid import install_provider
from toolbox import LOCAL, REQUIREMENTS, Problem, check_prerequisites, fail, install_tools, run, say, tool


def start(options: argparse.Namespace) -> None:
    """Builds, starts and deploys what is missing or has changed; doing it twice changes nothing."""
    check_prerequisites(building=options.prebuilt is None)
    install()
    cloud = Cloud(options.port)
    graph, drives = Graph(cloud), Drives(cloud)
    with only_one(cloud.home / "start.lock"):
        built = options.prebuilt or build()
        stage(built, cloud.app)
        cloud.start()
        if (elsewhere := given(options.parameter, "WhatsAppBaseUrl")) is None:
            graph.start(built)
        if given(options.parameter, "DriveProviders") is None:
            drives.start(built)
        outputs = deploy(cloud, graph.parameters() + drives.parameters() + options.parameter)
        further = {"GraphUrl": elsewhere or graph.endpoint, "DriveUrls": drives.endpoints}
        write_outputs(cloud, outputs | further, options.outputs)
    say(f"ready: {api_url(cloud, outputs)} (outputs in {options.outputs})")


def given(parameters: list[str], wanted: str) -> str | None:
    """A parameter, if whoever starts the stack gives it: they bring their own of what it names."""
    return next((value for name, value in (one.split("=", 1) for one in parameters) if name == wanted), None)


def stop(options: argparse.Namespace) -> None:
    """Ends the local cloud of this port, and nothing else."""
    cloud = Cloud(options.port)
    Graph(cloud).stop()
    Drives(cloud).stop()
    say(f"stopped {cloud.endpoint}" if cloud.stop() else f"nothing runs on {cloud.endpoint}")


def logs(options: argparse.Namespace) -> None:
    """Follows what the functions of the running stack write."""
    cloud = Cloud(options.port)
    if cloud.process.id() is None:
        fail("Nothing runs. Start the local cloud first: make start")
    run(tool("sam"), "logs", "--stack-name", STACK, "--tail", env=cloud.environment(), doing="Following the logs")


def setup(options: argparse.Namespace) -> None:
    """Installs the Python tools, and those of further lists when asked."""
    check_prerequisites(building=False)
    install(*options.requirements)


def setup_oidc(_options: argparse.Namespace) -> None:
    """Installs the OpenID provider that the end-to-end tests sign people in with."""
    check_prerequisites(building=False)
    install()
    with only_one(LOCAL / "setup.lock"):
        install_provider()


def install(*further: Path) -> None:
    """Installs what has changed since the last time."""
    with only_one(LOCAL / "setup.lock"):
        for requirements in (REQUIREMENTS, *further):
            install_tools(requirements)


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Makes a second run wait for the first."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="The whole product on this machine.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (start, stop, logs, setup, setup_oidc):
        sub = commands.add_parser(command.__name__.replace("_", "-"), help=(command.__doc__ or "").splitlines()[0])
        sub.set_defaults(command=command)
        if command is setup:
            sub.add_argument("requirements", nargs="*", type=Path, help="further lists to install")
        if command in (setup, setup_oidc):
            continue
        port = int(os.environ.get("MEMORY_APP_PORT") or 4566)
        sub.add_argument("--port", type=int, default=port, help="of the local cloud (MEMORY_APP_PORT, %(default)s)")
        if command is start:
            outputs = LOCAL / "outputs.json"
            sub.add_argument("--outputs", type=Path, default=outputs, help="where to write the stack's outputs")
            further = "a parameter of the template, such as ChatModels=built-in; may be repeated"
            sub.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help=further)
            prebuilt = "deploy <PREBUILT>/<function>/bootstrap, say of target/lambda, instead of building"
            sub.add_argument("--prebuilt", type=Path, help=prebuilt)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    try:
        options.command(options)
    except Problem as problem:
        sys.exit(f"\n{problem}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
