"""What the demo talks to: the API as one person uses it, and a phone as Meta presents it, which brings what it writes and takes what it reads."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import boto3

T = TypeVar("T")
SECONDS_TO_WAIT = 60


class Mismatch(Exception):
    """Something is not as it should be."""


def expect(condition: object, otherwise: str) -> None:
    """Raises a mismatch unless `condition` holds."""
    if not condition:
        raise Mismatch(otherwise)


@dataclass
class Api:
    """The stack's HTTP API, as one person uses it."""

    url: str
    stream_url: str
    token: str | None = None

    def call(self, method: str, path: str, body: object = None, status: int = 200) -> dict[str, Any]:
        """One JSON request; any other status than the expected one is a mismatch."""
        content = self.request(method, self.url + path, body, status)
        return json.loads(content) if content else {}

    def stream(self, path: str, body: object) -> list[tuple[str, dict[str, Any]]]:
        """One JSON request that is answered with server-sent events: their names and data."""
        text = self.request("POST", self.stream_url + path, body, 200).decode()
        events = []
        for block in text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "data" in fields:
                events.append((fields["event"], json.loads(fields["data"])))
        return events

    def request(self, method: str, url: str, body: object, status: int) -> bytes:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        answered, content = send(urllib.request.Request(url, data, headers, method=method))
        expect(answered == status, f"{method} {url} answered {answered} instead of {status}: {start_of(content)}")
        return content


def send(request: urllib.request.Request) -> tuple[int, bytes]:
    """Status and body, whatever the status."""
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


def sent_to(url: str) -> dict[str, str]:
    """Where a page sends a browser: the parameters of that address."""
    try:
        urllib.request.build_opener(_Stay).open(url, timeout=30)
    except urllib.error.HTTPError as redirect:
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(redirect.headers.get("Location", "")).query))
    raise Mismatch(f"{url} sends nobody anywhere")


def wait_for(what: str, look: Callable[[], T | None]) -> T:
    """Looks again and again until there is something to see."""
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise Mismatch(f"{what} did not happen within {SECONDS_TO_WAIT} seconds")


def start_of(content: bytes) -> str:
    """Enough of a body to see what it says."""
    return content[:500].decode(errors="replace")


@dataclass
class Phone:
    """A phone with WhatsApp: Meta delivers what it writes to the webhook, and the stand-in for Meta has what it is told."""

    api: Api
    number: str
    app_secret: bytes
    graph_url: str
    # The place of the last thing that was read.
    read: int = 0

    def write(self, text: str) -> bytes:
        """The webhook body of one text message."""
        digits = self.number.removeprefix("+")
        message = {
            "from": digits, "id": f"wamid.{secrets.token_hex(16)}", "timestamp": str(int(time.time())),
            "type": "text", "text": {"body": text},
        }
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "4915550001111", "phone_number_id": "700800900100200"},
            "contacts": [{"profile": {"name": "Ada"}, "wa_id": digits}],
            "messages": [message],
        }
        change = {"field": "messages", "value": value}
        entry = {"id": "900100200300400", "changes": [change]}
        return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()

    def deliver(self, body: bytes) -> None:
        """Delivers a body the way Meta does: signed with the app secret over the raw bytes."""
        signature = hmac.new(self.app_secret, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        status, answer = send(urllib.request.Request(f"{self.api.url}/whatsapp/webhook", body, headers, method="POST"))
        expect(status == 200, f"the webhook answered {status}: {start_of(answer)}")

    def hear(self) -> str:
        """What is said in the chat next."""
        said = wait_for("an answer in the chat", self.look)
        self.read = said["number"]
        return said["text"]

    def look(self) -> dict[str, Any] | None:
        query = urllib.parse.urlencode({"to": self.number.removeprefix("+"), "after": self.read})
        status, content = send(urllib.request.Request(f"{self.graph_url}/_fake/outbox?{query}"))
        expect(status == 200, f"the stand-in for Meta answered {status}: {start_of(content)}")
        return next(iter(json.loads(content)["items"]), None)


def app_secret(outputs: dict[str, Any]) -> bytes:
    """The key of webhook signatures: random in a fresh stack, Meta's on AWS."""
    env = outputs["env"]
    client = boto3.client(
        "secretsmanager", endpoint_url=env["AWS_ENDPOINT_URL"], region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"], aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    )
    return client.get_secret_value(SecretId=outputs["WhatsAppAppSecretArn"])["SecretString"].encode()
