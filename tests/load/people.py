"""What one person does: registers once, then lists, reads, writes, searches, asks and deletes, with time to think between."""

from __future__ import annotations

import itertools
import random
import secrets
import time
from collections import deque
from collections.abc import Container
from typing import Any

from locust import task
from locust.contrib.fasthttp import FastHttpUser

import stages
from answers import Answer, finds, is_kept, understood, unexpected
from journal import Account, Journal, Memory, Outcome
from mailbox import Mailbox
from report import Record

# Longer than the gateway waits for a function, so that no answer is given up that could still come.
SECONDS_TO_WAIT = 40
# The limit on attempts to sign in is five in a quarter of an hour, and one is left for checking the data afterwards.
ATTEMPTS, SECONDS_OF_ATTEMPTS = 4, 900
# An access token lives for fifteen minutes.
SECONDS_TO_REFRESH = 720

TOPICS = [
    "garden", "dentist", "recipe", "bicycle", "holiday", "insurance", "birthday", "kitchen", "passport", "concert",
    "heating", "school", "library", "camera", "winter", "mortgage", "piano", "marathon", "aquarium", "lawnmower",
]
SENTENCES = [
    "The appointment moved to Tuesday at half past nine.", "Ask for the written offer before the end of the month.",
    "The second key is with the neighbours on the left.", "It worked best with a little less salt than last time.",
    "The receipt is in the blue folder, behind the warranty.", "Call again in spring, when they have more room.",
]
numbers = itertools.count(1)


class Person(FastHttpUser):
    """One person with one account."""

    # A client that repeats by itself would write twice. Over a connection that broke, this one still sends GET and DELETE again, and nothing else.
    max_retries = 0
    connection_timeout = network_timeout = SECONDS_TO_WAIT

    # The run's, set before anybody comes.
    journal: Journal
    mailbox: Mailbox
    record: Record
    think_seconds: float
    name_of_run: str

    def wait_time(self) -> float:
        """Between actions: long enough to read what came."""
        return random.uniform(0.4, 1.6) * self.think_seconds

    def on_start(self) -> None:
        self.register()

    def register(self) -> bool:
        """A new account. Whoever could not register is somebody else the next time."""
        number = next(numbers)
        email = f"load-{self.name_of_run}-{number}@example.com"
        self.journal.note(what="person", person=number, email=email)
        self.account: Account = self.journal.ledger.accounts[number]
        self.attempts: deque[float] = deque(maxlen=ATTEMPTS)
        self.tokens: dict[str, str] = {}
        self.note("register", Outcome.SENT)
        answer = self.sign_in("/auth/register", 201, {"email": email, "firstName": "Ada", "lastName": "Lovelace"})
        self.note_outcome("register", answer)
        if answer.is_expected:
            self.mailbox.wait_for(email)
        return answer.is_expected

    def sign_in(self, route: str, expected: int, body: dict[str, Any]) -> Answer:
        """Registers or logs in: both hash a password, and are counted together."""
        self.attempts.append(time.monotonic())
        password = self.journal.ledger.password
        return self.keep(self.call("POST", route, body=body | {"password": password}, expected=expected))

    def keep(self, answer: Answer) -> Answer:
        """Keeps the tokens of an answer."""
        if answer.is_expected:
            self.tokens, self.token_since = answer.body, time.monotonic()
        return answer

    @task(stages.LIST)
    def list(self) -> None:
        if self.is_ready():
            self.call("GET", "/memories", query="?limit=20")

    @task(stages.READ)
    def read(self) -> None:
        if memory := self.one():
            self.call("GET", "/memories/{id}", memory.id, is_right=lambda body: body["memory"]["content"]["text"] == memory.texts[0])

    @task(stages.SEARCH)
    def search(self) -> None:
        """Now and then for something of which it is known that it must be found."""
        if memory := self.one():
            topic = memory.title.split()[0]
            query = memory.mark if random.random() < 0.5 else topic
            is_right = finds(memory) if query == memory.mark else None
            answer = self.call("GET", "/memories/search", query=f"?q={query}", is_right=is_right)
            if answer.is_expected:
                self.record.note_search(is_degraded=answer.body.get("degraded") is True)

    @task(stages.CREATE)
    def create(self) -> None:
        if not self.is_ready():
            return
        mark, topic = f"m{secrets.token_hex(8)}", random.choice(TOPICS)
        body = {"title": f"{topic} {mark}", "content": {"text": self.text(topic)}, "tags": [topic]}
        self.note("create", Outcome.SENT, mark=mark, title=body["title"], text=body["content"]["text"])
        answer = self.call("POST", "/memories", body=body, expected=201, is_right=lambda body: bool(body["memory"]["id"]))
        self.note_outcome("create", answer, mark=mark, id=(answer.body.get("memory") or {}).get("id"))

    @task(stages.CHANGE)
    def change(self) -> None:
        if memory := self.one():
            text = self.text(memory.title.split()[0])
            self.note("change", Outcome.SENT, mark=memory.mark, text=text)
            answer = self.call("PATCH", "/memories/{id}", memory.id, body={"content": {"text": text}})
            self.note_outcome("change", answer, mark=memory.mark)

    @task(stages.DELETE)
    def delete(self) -> None:
        if memory := self.one():
            self.note("delete", Outcome.SENT, mark=memory.mark)
            answer = self.call("DELETE", "/memories/{id}", memory.id, expected=204, done_before=404)
            self.note_outcome("delete", answer, mark=memory.mark)

    @task(stages.ASK)
    def ask(self) -> None:
        """About each memory once, in a conversation of its own."""
        if memory := self.one(but=self.account.chats):
            question = f"What did I note about the {memory.title}?"
            self.note("ask", Outcome.SENT, mark=memory.mark, question=question)
            answer = self.call("POST", "/ai/chat", body={"message": question}, is_right=is_kept)
            said = {name: answer.body.get(name) for name in ("conversationId", "questionId", "messageId", "response")}
            self.note_outcome("ask", answer, mark=memory.mark, **said)

    @task(stages.SIGN_IN_AGAIN)
    def sign_in_again(self) -> None:
        """Logs out and in, unless that would be more often than anybody may."""
        if self.may_sign_in() and self.is_ready():
            self.call("POST", "/auth/logout", body={}, expected=204)
            self.log_in()

    def may_sign_in(self) -> bool:
        return len(self.attempts) < ATTEMPTS or time.monotonic() - self.attempts[0] > SECONDS_OF_ATTEMPTS

    def log_in(self) -> bool:
        """Whether the person is signed in afterwards. Who has tried too often waits."""
        self.tokens = {}
        return self.may_sign_in() and self.sign_in("/auth/login", 200, {"email": self.account.email}).is_expected

    def refresh(self) -> bool:
        """Whether the tokens are new afterwards."""
        return self.keep(self.call("POST", "/auth/refresh", body={"refreshToken": self.tokens["refreshToken"]})).is_expected

    def is_ready(self) -> bool:
        """Signed in with a token that is good, and the address proved if the mail has come."""
        if not self.account.is_registered and not self.register():
            return False
        if not self.tokens and not self.log_in():
            return False
        if time.monotonic() - self.token_since > SECONDS_TO_REFRESH and not self.refresh():
            # A refresh token works once, and may have: whoever was not renewed logs in.
            self.tokens = {}
            return False
        if token := self.mailbox.take(self.account.email):
            self.note("verify", Outcome.SENT)
            self.note_outcome("verify", self.call("POST", "/auth/verify-email", body={"token": token}, expected=204))
        return True

    def one(self, but: Container[str] = ()) -> Memory | None:
        """One memory of those that are certainly there, but for some marks. Who has none yet writes one instead."""
        known = [memory for memory in self.account.known if memory.mark not in but]
        if not known:
            self.create()
            return None
        return random.choice(known) if self.is_ready() else None

    def text(self, topic: str) -> str:
        """A text that there is once."""
        return f"About the {topic}. {' '.join(random.sample(SENTENCES, 2))} ({secrets.token_hex(8)})"

    def note(self, what: str, outcome: Outcome, **further: Any) -> None:
        self.journal.note(what=what, person=self.account.number, outcome=outcome.value, **further)

    def note_outcome(self, what: str, answer: Answer, **further: Any) -> None:
        """A lost answer is none: what was noted before stays."""
        if answer.outcome is not Outcome.SENT:
            self.note(what, answer.outcome, **further)

    def call(
        self, method: str, route: str, id: str | None = None, *, query: str = "", body: object = None, expected: int = 200,
        done_before: int | None = None, is_right: Any = None,
    ) -> Answer:
        """One request, measured under its route. Another status, or an answer that is not right, is a failure."""
        headers = {"Authorization": f"Bearer {self.tokens['accessToken']}"} if "accessToken" in self.tokens else {}
        path = (route.replace("{id}", id) if id else route) + query
        with self.client.request(
            method, path, name=f"{method} {route}", headers=headers, json=body, allow_redirects=False, catch_response=True,
        ) as response:
            answer = Answer(response.status_code or 0, expected, done_before=done_before)
            if not answer.is_expected:
                response.failure(unexpected(answer, response.error))
                return answer
            if wrong := understood(answer, response.text, is_right):
                response.failure(wrong)
            else:
                response.success()
            return answer
