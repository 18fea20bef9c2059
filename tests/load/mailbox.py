"""The mail that people get, read where the local cloud keeps it, by one reader for all."""

from __future__ import annotations

import re
from typing import Any

import gevent
import requests

TOKEN = re.compile(r"\?token=([A-Za-z0-9_-]+)")
SECONDS_BETWEEN_LOOKS = 5


class Mailbox:
    """The tokens in mails to people who wait for one. Nobody looks while nobody waits."""

    def __init__(self, cloud_endpoint: str) -> None:
        self._url = f"{cloud_endpoint}/_ministack/ses/messages"
        self._waiting: set[str] = set()
        self._tokens: dict[str, str] = {}
        self.failed_looks = 0

    def wait_for(self, email: str) -> None:
        """Begins to look for mail to an address."""
        self._waiting.add(email)

    def take(self, email: str) -> str | None:
        """The token that came for an address, once."""
        return self._tokens.pop(email, None)

    def read_forever(self) -> None:
        """Looks again and again."""
        while True:
            gevent.sleep(SECONDS_BETWEEN_LOOKS)
            if self._waiting:
                try:
                    answer = requests.get(self._url, timeout=30)
                    answer.raise_for_status()
                    self.sort(answer.json())
                except (requests.RequestException, ValueError):
                    # The next look sees the same mail. How often it failed is reported.
                    self.failed_looks += 1

    def sort(self, messages: dict[str, Any]) -> None:
        """Keeps the tokens of those who wait."""
        for message in (one for account in messages["messages"].values() for one in account):
            email, token = message["To"][0], TOKEN.search(message.get("BodyText") or "")
            if email in self._waiting and token:
                self._waiting.remove(email)
                self._tokens[email] = token[1]
