"""What a person does, once, through the public API of a local cloud: the operations that `measure.py` measures."""

from __future__ import annotations

import hashlib
import math
import secrets
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "local"))
from client import Api, Phone, app_secret, expect, send, wait_for
from demo import connect_dropbox, connect_whatsapp, drive_job

WORDS = """garden dentist invoice holiday recipe passport battery meeting museum lantern bicycle contract sister harbour window winter
ticket camera blanket doctor island market number orange pencil railway saddle teacher umbrella village whistle yellow""".split()
# Before what the index learns of a second ago, so that one write is one call of the indexer, as with few people at once.
ALONE = 1.6


class Person:
    """Somebody who has been here for a while: memories, a category, tags, a phone, a drive."""

    def __init__(self, outputs: dict[str, Any]) -> None:
        self.api = Api(outputs["ApiUrl"], outputs["StreamUrl"])
        self.password = f"Cost-{secrets.token_hex(8)}1!"
        self.signed_in: dict[str, Any] = {}
        self.register(0)
        self.api.token = self.signed_in["accessToken"]
        self.category = self.api.call("POST", "/categories", {"name": "Trips"}, 201)["category"]["id"]
        self.saved = [self.save(number) for number in range(30)]
        self.read = 0
        self.phone = Phone(self.api, f"+491555{secrets.randbelow(10**7):07}", app_secret(outputs), outputs["GraphUrl"])
        connect_whatsapp(self.api, self.phone)
        connect_dropbox(self.api)

    def register(self, _number: int) -> None:
        self.email = f"cost.{secrets.token_hex(6)}@example.com"
        body = {"email": self.email, "password": self.password, "firstName": "Ada", "lastName": "Lovelace"}
        self.signed_in = Api(self.api.url, self.api.stream_url).call("POST", "/auth/register", body, 201)

    def log_in(self, _number: int) -> None:
        body = {"email": self.email, "password": self.password}
        self.signed_in = Api(self.api.url, self.api.stream_url).call("POST", "/auth/login", body)

    def refresh(self, _number: int) -> None:
        body = {"refreshToken": self.signed_in["refreshToken"]}
        self.signed_in = Api(self.api.url, self.api.stream_url).call("POST", "/auth/refresh", body)

    def text(self, words: int) -> str:
        return " ".join(secrets.choice(WORDS) for _ in range(words))

    def save(self, number: int) -> dict[str, Any]:
        body = {"title": f"{self.text(4)} {number}", "content": {"text": self.text(60)}, "tags": ["trip"], "categoryId": self.category}
        return self.api.call("POST", "/memories", body, 201)["memory"]

    def one(self) -> str:
        """Each in its turn."""
        self.read += 1
        return self.saved[self.read % len(self.saved)]["id"]

    def upload(self, number: int) -> None:
        """200 KB of text, which the indexer reads."""
        content = " ".join(f"{self.text(9)} {number}" for _ in range(3_000)).encode()[:200_000]
        body = {"filename": f"notes {number}.txt", "contentType": "text/plain", "sizeBytes": len(content)}
        body["sha256"] = hashlib.sha256(content).hexdigest()
        begun = self.api.call("POST", "/files", body, 201)
        upload = begun["upload"]
        status, answer = send(urllib.request.Request(upload["url"], content, upload["headers"], method="PUT"))
        expect(status == 200, f"the upload answered {status}: {answer[:300]!r}")
        self.file = self.api.call("POST", f"/files/{begun['file']['id']}/complete", {})["file"]["id"]

    def remind(self, number: int) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 86_400 * (2 + number % 300)))
        self.api.call("POST", "/reminders", {"text": f"call {number}", "at": at}, 201)

    def back_up(self, _number: int) -> None:
        asked = self.api.call("POST", "/sync/force", {"provider": "dropbox", "direction": "push"}, 202)
        drive_job(self.api, asked["syncId"])

    def take_out(self, _number: int) -> None:
        job = self.api.call("POST", "/exports", {"format": "zip"}, 202)["export"]["id"]
        wait_for("an export", lambda: self.api.call("GET", f"/exports/{job}")["export"]["status"] == "completed" or None)

    def ask_in_chat(self, _number: int) -> None:
        self.phone.deliver(self.phone.write(f"? what about the {secrets.choice(WORDS)}"))
        self.phone.hear()


def operations(person: Person) -> dict[str, tuple[Callable[[int], Any], float, int]]:
    """By name: what is done, how long to wait after it, and by what the number of repetitions is divided."""
    api = person.api

    def patch(number: int) -> None:
        api.call("PATCH", f"/memories/{person.one()}", {"isFavorite": number % 2 == 0})

    def ask(_number: int) -> None:
        api.call("POST", "/ai/chat", {"message": f"What did I note about the {secrets.choice(WORDS)} and the {secrets.choice(WORDS)}?"})

    return {
        # First what searches: the local cloud compares every vector that it has.
        "search": (lambda _: api.call("GET", f"/memories/search?q={secrets.choice(WORDS)}+{secrets.choice(WORDS)}"), 0, 1),
        "ask Memo": (ask, 0, 2),
        "file a text": (lambda _: api.call("POST", "/ai/categorize", {"content": person.text(60)}), 0, 2),
        "WhatsApp question": (person.ask_in_chat, ALONE, 4),
        "register": (person.register, 0.3, 4),
        "log in": (person.log_in, 0, 2),
        "refresh": (person.refresh, 0, 1),
        "read own account": (lambda _: api.call("GET", "/auth/me"), 0, 1),
        "save a memory": (person.save, ALONE, 2),
        "change a memory": (patch, ALONE, 2),
        "trash a memory": (lambda n: api.call("DELETE", f"/memories/{person.save(n)['id']}", status=204), ALONE, 4),
        "read a memory": (lambda _: api.call("GET", f"/memories/{person.one()}"), 0, 1),
        "list memories": (lambda _: api.call("GET", "/memories?limit=20"), 0, 1),
        "list memories otherwise": (lambda _: api.call("GET", "/memories?limit=20&sortBy=title"), 0, 1),
        "list categories": (lambda _: api.call("GET", "/categories"), 0, 1),
        "list tags": (lambda _: api.call("GET", "/tags"), 0, 1),
        "send a message": (lambda n: api.call("POST", f"/memories/{person.one()}/messages", {"content": f"{person.text(12)} {n}"}, 201), ALONE, 2),
        "upload a file": (person.upload, ALONE, 4),
        "download a file": (lambda _: api.call("GET", f"/files/{person.file}/download"), 0, 1),
        "set a reminder": (person.remind, 0, 1),
        "WhatsApp message": (lambda n: person.phone.deliver(person.phone.write(f"{person.text(15)} {n}")), ALONE, 2),
        "export": (person.take_out, 0.5, 10),
        "backup": (person.back_up, 0.5, 10),
    }


def footprint(outputs: dict[str, Any], person: Person) -> dict[str, float]:
    """What the table and the search bucket keep of each memory that this person has, as DynamoDB counts bytes, its local indexes included."""
    total = person.api.call("GET", "/memories?limit=1")["pagination"]["total"]
    owner = person.api.call("GET", "/auth/me")["user"]["id"]
    sizes: Counter = Counter()
    client, kwargs = boto3.client("dynamodb"), {"TableName": outputs["TableName"], "FilterExpression": "begins_with(pk, :owner)", "ExpressionAttributeValues": {":owner": {"S": f"U#{owner}"}}}
    for page in client.get_paginator("scan").paginate(**kwargs):
        for item in page["Items"]:
            copies = 1 + sum(index in item for index in ("byUpdated", "byTitle"))
            kind = item["pk"]["S"].removeprefix(f"U#{owner}").strip("#").split("#")[0]
            kind = item["sk"]["S"].split("#")[0] if not kind else kind
            sizes[kind] += (sum(len(key) + value_size(value) for key, value in item.items()) + 100) * copies
    s3 = boto3.client("s3")
    objects = [one for page in s3.get_paginator("list_objects_v2").paginate(Bucket=outputs["SearchBucketName"], Prefix=f"{owner}/segments/") for one in page.get("Contents", [])]
    of_memory = {kind: sizes[kind] for kind in ("M", "ALL", "CAT", "SRC", "TAG", "SAME", "VECTORS", "TRASH")}
    return {
        "memories": total,
        "tableBytesPerMemory": round(sum(of_memory.values()) / total),
        **{f"of which {kind}": round(size / total) for kind, size in of_memory.items()},
        "segmentBytesPerMemory": round(sum(one["Size"] for one in objects) / total),
    }


def value_size(value: dict[str, Any]) -> int:
    """As in DynamoDB's developer guide, “Item sizes and formats”: numbers take a byte for two digits and one more, lists a byte for each element and three."""
    (kind, content), = value.items()
    if kind == "N":
        digits = content.lstrip("-").replace(".", "").lower().split("e")[0].strip("0") or "0"
        return math.ceil(len(digits) / 2) + 1 + content.startswith("-")
    if kind == "L":
        return 3 + sum(1 + value_size(one) for one in content)
    if kind == "M":
        return 3 + sum(1 + len(key) + value_size(one) for key, one in content.items())
    if kind in ("SS", "NS", "BS"):
        return sum(len(one) for one in content)
    return 1 if kind in ("BOOL", "NULL") else len(content.encode() if isinstance(content, str) else content)
