"""The product's main job on real input, told step by step, against the running local stack (`make demo`).

Everything goes through the public API, as a frontend and as Meta's webhook caller would use it. It stops with an error
at the first thing that is not as it should be. Runs in the virtual environment.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import secrets
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from client import Api, Mismatch, Phone, app_secret, expect, send, sent_to, wait_for

NOTES = [
    ("Bike lock", "The code of the blue bike lock is the year the Beatles split up.", ["bike"]),
    ("Dentist", "Dr. Weber moved the appointment to Tuesday, 9:30. Bring the X-ray.", ["health"]),
    ("Book for Mia", "Mia wants 'The Overstory' for her birthday, in hardcover.", ["gifts", "family"]),
]
RECIPE = "Grandma's apple cake: 500 g apples, 200 g flour, 3 eggs. Bake it for 50 minutes at 180 degrees."
LETTER = """Dear Ms Lovelace, thank you for your stay at the Seehotel. Your room for the trip to Lake Garda is booked from 3 to 9 June.
Breakfast is included. The flight to Verona lands at 10:40, and our driver waits at the exit with a sign. Please bring your passport and the
booking number 4711. The weather in June is warm, but evenings at the lake can be cool. If you want to cancel, tell us by 20 May, and nothing
has to be paid. We look forward to your visit."""
QUESTION = "How long do I have to bake grandma's apple cake?"


def step(title: str) -> None:
    print(f"\n• {title}")


def tell(line: str) -> None:
    print(f"    {line}")


def quote(text: str) -> None:
    """What is read on the phone."""
    for line in text.splitlines():
        tell(f"  | {line}")


def register(api: Api) -> None:
    step("A new account")
    email = f"ada.{secrets.token_hex(6)}@example.com"
    body = {"email": email, "password": f"Demo-{secrets.token_hex(8)}1!", "firstName": "Ada", "lastName": "Lovelace"}
    answer = api.call("POST", "/auth/register", body, status=201)
    api.token = answer["accessToken"]
    expect(answer.get("refreshToken"), "registering gave no refresh token")
    tell(f"{email} is registered and signed in")


def save_notes(api: Api) -> list[dict[str, Any]]:
    step("Memories saved through the API")
    saved = []
    for title, text, tags in NOTES:
        body = {"title": title, "content": {"text": text}, "tags": tags}
        saved.append(api.call("POST", "/memories", body, status=201)["memory"])
        tell(f"{title}: {text}")
    return saved


def connect_whatsapp(api: Api, phone: Phone) -> None:
    step("A phone connected by proof")
    answer = api.call("POST", "/sync/whatsapp/connect", {"phoneNumber": phone.number})
    expect(answer["status"] == "pending", f"connecting should be pending, not {answer['status']}")
    expect(answer["webhookUrl"] == f"{api.url}/whatsapp/webhook", f"the webhook is said to be at {answer['webhookUrl']}")
    tell(f"the app shows {answer['verificationCode']}; the person sends it from {phone.number}")
    phone.deliver(phone.write(answer["verificationCode"]))

    def connected() -> bool | None:
        providers = api.call("GET", "/sync/status")["providers"]
        states = {provider["name"]: provider["status"] for provider in providers}
        return True if states.get("whatsapp") == "connected" else None

    wait_for("connecting the phone", connected)
    tell("WhatsApp is connected; in the chat it says:")
    quote(phone.hear())


def receive_message(api: Api, phone: Phone) -> dict[str, Any]:
    step("A WhatsApp message, which Meta delivers three times")
    tell(RECIPE)
    body = phone.write(RECIPE)
    phone.deliver(body)
    phone.deliver(body)

    def arrived() -> dict[str, Any] | None:
        found = [memory for memory in list_memories(api)["memories"] if text_of(memory) == RECIPE]
        return found[0] if found else None

    memory = wait_for("the message becoming a memory", arrived)
    phone.deliver(body)
    time.sleep(2)  # A duplicate would have arrived by now.
    tell(f"it became the memory {memory['title']!r}")
    return memory


def ask_in_chat(phone: Phone) -> None:
    step("A question in the chat")
    tell(f"? {QUESTION}")
    phone.deliver(phone.write(f"? {QUESTION}"))
    answer = phone.hear()
    quote(answer)
    expect("50" in answer, "the answer in the chat does not say how long")


def list_memories(api: Api) -> dict[str, Any]:
    return api.call("GET", "/memories?limit=100")


def text_of(memory: dict[str, Any]) -> str | None:
    return (memory.get("content") or {}).get("text")


def list_everything(api: Api, expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    step("Everything that was saved")
    page = list_memories(api)
    total = page["pagination"]["total"]
    tell(f"{total} memories: " + ", ".join(memory["title"] for memory in page["memories"]))
    expect(total == len(expected), f"{len(expected)} memories were saved, each message once, but there are {total}")
    ids = {memory["id"] for memory in page["memories"]}
    expect(ids == {memory["id"] for memory in expected}, "the list has other memories than were saved")
    return page["memories"]


def ask(api: Api, about: dict[str, Any]) -> None:
    step("A question to Memo, the assistant")
    tell(QUESTION)
    answer = api.call("POST", "/ai/chat", {"message": QUESTION})
    tell(f"Memo ({answer['metadata']['model']}): {answer['response']}")
    cited = {citation["memoryId"]: citation for citation in answer["citations"]}
    expect(about["id"] in cited, "the answer does not cite the WhatsApp message")
    tell(f"cites {cited[about['id']]['title']!r}: “{cited[about['id']]['quote']}”")
    follow(api, answer)


def follow(api: Api, answer: dict[str, Any]) -> None:
    step("The same answer as a stream, a summary and a place to file it")
    again = {"conversationId": answer["conversationId"], "again": answer["messageId"]}
    events = api.stream("/ai/chat/stream", again)
    told = "".join(data["text"] for name, data in events if name == "delta")
    expect(told == answer["response"], f"the stream tells another answer: {told!r}")
    tell(f"{len(events)} events: " + ", ".join(dict.fromkeys(name for name, _ in events)))
    summary = api.call("POST", "/ai/summarize", {"content": LETTER, "maxLength": 40})
    tell(f"{len(LETTER.split())} words in {summary['wordCount']}: {summary['summary']}")
    expect(0 < summary["wordCount"] <= 40, "the summary is empty or too long")
    filed = api.call("POST", "/ai/categorize", {"content": LETTER})
    tell(f"belongs to {filed['suggestedCategory']} ({filed['confidence']:.0%}); tags: {', '.join(filed['suggestedTags'])}")
    expect(filed["suggestedCategory"] is not None, "the letter belongs nowhere")


def export(api: Api, expected: list[dict[str, Any]]) -> bytes:
    step("An export of everything, downloaded, verified and compared with what was saved")
    job = api.call("POST", "/exports", {"format": "zip"}, status=202)["export"]

    def finished() -> dict[str, Any] | None:
        current = api.call("GET", f"/exports/{job['id']}")["export"]
        expect(current["status"] != "failed", f"the export failed: {current}")
        return current if current["status"] == "completed" else None

    counts = wait_for("finishing the export", finished)["counts"]
    status, file = send(urllib.request.Request(api.call("GET", f"/exports/{job['id']}/download")["url"]))
    expect(status == 200, f"the download answered {status}: {file[:500]!r}")
    archive = zipfile.ZipFile(io.BytesIO(file))
    sums = archive.read("SHA256SUMS")
    manifest = json.loads(archive.read("manifest.json"))
    expect(manifest["checksums"]["sha256"] == hashlib.sha256(sums).hexdigest(), "the manifest names other checksums")
    for line in sums.decode().splitlines():
        digest, name = line.split("  ", 1)
        expect(hashlib.sha256(archive.read(name)).hexdigest() == digest, f"{name} is not what its checksum says")
    records = [json.loads(line) for name in archive.namelist() if name.startswith("records-") for line in archive.read(name).splitlines()]
    exported = {record["id"]: record for record in records if record["kind"] == "memory"}
    for memory in expected:
        copy = exported.pop(memory["id"], {})
        same = copy.get("title") == memory["title"] and text_of(copy) == text_of(memory)
        expect(same, f"the export does not have the memory {memory['title']!r} as it was saved")
    expect(not exported, f"the export has {len(exported)} memories too many")
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    tell(f"{len(file)} bytes, {len(sums.splitlines())} parts with the checksums they should have: {kinds}")
    return file


def bring_in(api: Api, archive: bytes, expected: int) -> None:
    other = Api(api.url, api.stream_url)
    register(other)
    step("The same archive, brought into that account")
    begun = other.call("POST", "/imports", {"fileName": "memories.zip", "sizeBytes": len(archive)}, status=201)
    upload = urllib.request.Request(begun["upload"]["url"], archive, begun["upload"]["headers"], method="PUT")
    status, answer = send(upload)
    expect(status == 200, f"the upload answered {status}: {answer[:500]!r}")
    path = f"/imports/{begun['import']['id']}"
    other.call("POST", f"{path}/start", {}, status=202)

    def ended() -> dict[str, Any] | None:
        current = other.call("GET", path)["import"]
        return None if current["status"] in ("queued", "running") else current

    ended_import = wait_for("bringing the archive in", ended)
    expect(ended_import["status"] == "completed", f"the import ended so: {ended_import}")
    total = other.call("GET", "/memories")["pagination"]["total"]
    expect(total == expected, f"{total} memories came, not {expected}")
    tell(f"a {ended_import['format']} archive: {ended_import['counts']['imported']} things made, all {total} memories there")


def connect_dropbox(api: Api) -> None:
    """The person agrees at the provider's page, which sends the browser back with a code."""
    back = sent_to(api.call("GET", "/sync/dropbox/authorize")["url"])
    api.call("POST", "/sync/dropbox/callback", {"code": back["code"], "state": back["state"]})


def drive_job(api: Api, job_id: str) -> dict[str, Any]:
    """A job on a drive, when it is over."""

    def over() -> dict[str, Any] | None:
        job = api.call("GET", f"/sync/jobs/{job_id}")["job"]
        return None if job["status"] in ("queued", "running", "waiting") else job

    job = wait_for("the job on the drive", over)
    expect(job["status"] == "completed", f"the job ended so: {job}")
    return job


def back_up(api: Api, expected: int) -> None:
    step("A backup to the person's own Dropbox, verified, and restored into a new account")
    connect_dropbox(api)
    pushed = drive_job(api, api.call("POST", "/sync/force", {"provider": "dropbox", "direction": "push"}, status=202)["syncId"])
    progress = pushed["progress"]
    tell(f"{progress['bytesDone']} bytes in {progress['apiCalls']} calls")
    again = drive_job(api, api.call("POST", "/sync/force", {"provider": "dropbox", "direction": "push"}, status=202)["syncId"])
    expect(again["result"].get("unchanged"), f"nothing has changed, and yet: {again['result']}")
    backup = f"/sync/dropbox/backups/{pushed['result']['backupId']}"
    drive_job(api, api.call("POST", f"{backup}/verify", {}, status=202)["job"]["id"])
    other = Api(api.url, api.stream_url)
    register(other)
    connect_dropbox(other)
    restored = drive_job(other, other.call("POST", f"{backup}/restore", {}, status=202)["job"]["id"])

    def brought_in() -> dict[str, Any] | None:
        current = other.call("GET", f"/imports/{restored['result']['importId']}")["import"]
        return None if current["status"] in ("queued", "running") else current

    ended = wait_for("bringing the backup in", brought_in)
    total = other.call("GET", "/memories")["pagination"]["total"]
    expect(ended["status"] == "completed" and total == expected, f"{total} memories came, not {expected}: {ended}")
    tell(f"all {total} memories are in the new account")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--outputs", type=Path, default=Path(__file__).resolve().parents[2] / ".local" / "outputs.json")
    outputs = json.loads(parser.parse_args().outputs.read_text())
    api = Api(outputs["ApiUrl"], outputs["StreamUrl"])
    phone = Phone(api, f"+491555{secrets.randbelow(10**7):07}", app_secret(outputs), outputs["GraphUrl"])
    try:
        register(api)
        saved = save_notes(api)
        connect_whatsapp(api, phone)
        saved.append(receive_message(api, phone))
        ask_in_chat(phone)
        listed = list_everything(api, saved)
        ask(api, saved[-1])
        bring_in(api, export(api, listed), len(listed))
        back_up(api, len(listed))
    except (Mismatch, KeyError, json.JSONDecodeError, OSError) as problem:
        name = "" if isinstance(problem, Mismatch) else f"{type(problem).__name__}: "
        sys.exit(f"\nNot OK: {name}{problem}")
    print(f"\nOK. The stack stays up: {api.url} (make logs, make stop)")


if __name__ == "__main__":
    main()
