"""Deploys the template with the real `sam deploy`, only when something changed, and writes the outputs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from cloud import Cloud
from toolbox import ROOT, architecture, run, say, tool

STACK = "memory-app"
MAIL_FROM = "no-reply@example.com"


def parameters(further: list[str]) -> list[str]:
    """The template's parameters for a stack on this machine, and further ones. The last word counts."""
    own = [f"Architecture={architecture()}", "SignupRole=premium", "StageConfig=local", f"MailFrom={MAIL_FROM}"]
    values = dict(parameter.split("=", 1) for parameter in own + further)
    return [f"{name}={quoted(value)}" for name, value in values.items()]


def quoted(value: str) -> str:
    """A value as `sam deploy` reads it: JSON in quotes of its own."""
    return value if value and not set(value) & set(' "') else json.dumps(value, ensure_ascii=False)


def deploy(cloud: Cloud, further: list[str]) -> dict[str, str]:
    """Brings the stack in line with what is staged, fills the keys of access tokens, verifies the sender of mail.

    Returns the outputs.
    """
    wanted = fingerprint(cloud.app, further)
    if cloud.deployed.exists() and (last := json.loads(cloud.deployed.read_text()))["fingerprint"] == wanted:
        return last["outputs"]
    say("deploying the stack")
    cloud.deployed.unlink(missing_ok=True)
    run(
        tool("python"), Path(__file__).with_name("sam.py"), "deploy",
        "--template-file", cloud.app / "template.yaml", "--stack-name", STACK, "--resolve-s3",
        "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset",
        "--no-progressbar", "--parameter-overrides", *parameters(further),
        # The local cloud is done in a moment; half a second between looks would be most of the time.
        env=cloud.environment() | {"SAM_CLI_POLL_DELAY": "0.1"}, log=cloud.home / "deploy.log",
        doing="Deploying (`make stop` and `make start` begin afresh)",
    )
    run(
        tool("python"), ROOT / "infra" / "keys.py", "ensure", "--stack", STACK,
        env=cloud.environment(), log=cloud.home / "keys.log", doing="Creating the token keys",
    )
    # Once is enough, as for the deployment: both are gone with the cloud.
    run(
        tool("python"), Path(__file__).with_name("sender.py"), MAIL_FROM,
        env=cloud.environment(), log=cloud.home / "sender.log", doing="Verifying the sender of mail",
    )
    outputs = stack_outputs(cloud)
    cloud.deployed.write_text(json.dumps({"fingerprint": wanted, "outputs": outputs}))
    return outputs


def fingerprint(app: Path, further: list[str]) -> str:
    """Changes whenever a deployment would."""
    digest = hashlib.sha256("\n".join(parameters(further)).encode())
    for path in [app / "template.yaml", *sorted(app.glob("target/lambda/*/bootstrap"))]:
        digest.update(path.parent.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def stack_outputs(cloud: Cloud) -> dict[str, str]:
    """What CloudFormation says of the stack."""
    answer = cloud.home / "outputs.log"
    script = Path(__file__).with_name("outputs.py")
    run(tool("python"), script, STACK, env=cloud.environment(), log=answer, doing="Reading the stack's outputs")
    return json.loads(answer.read_text())


def api_url(cloud: Cloud, outputs: dict[str, str]) -> str:
    """The API's base URL; the path form works with every resolver, `<id>.execute-api.localhost` does not."""
    return f"{cloud.endpoint}/_aws/execute-api/{outputs['ApiId']}/api"


def stream_url(cloud: Cloud, outputs: dict[str, str]) -> str:
    """The base URL of the function that streams; again the path form, because the host form is of a domain of AWS."""
    url_id = outputs["StreamUrl"].removeprefix("https://").split(".")[0]
    return f"{cloud.endpoint}/_aws/lambda-url/{url_id}"


def write_outputs(cloud: Cloud, outputs: dict[str, str], path: Path) -> None:
    """Writes the outputs with local URLs, and the environment that AWS clients need to act as the account's root."""
    local = {
        "ApiUrl": api_url(cloud, outputs),
        "StreamUrl": stream_url(cloud, outputs),
        "CloudEndpoint": cloud.endpoint,
        "env": cloud.credentials(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(outputs | local, indent=2) + "\n")
    unfinished.replace(path)
