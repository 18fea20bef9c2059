"""The API as one person reads it after a run, and what may be found to be wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

PAGE = 100
TRIES = 8
SECONDS_TO_WAIT = 40
# The turn of a window, at the longest.
SECONDS_OF_LIMIT = 900


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was acknowledged. Nobody is named: a person is a number."""

    kind: str
    person: int
    # Of the memory or the conversation.
    id: str | None
    what: str


class Unreadable(Exception):
    """The data could not be read, so nothing is known of it."""


class Reader:
    """The API as one person reads it: patient, because reading can be repeated."""

    def __init__(self, api_url: str) -> None:
        self._url = api_url
        self._session = requests.Session()

    def sign_in(self, email: str, password: str) -> dict[str, Any]:
        """The account of a person."""
        status, body = self._answer("POST", "/auth/login", {"email": email, "password": password})
        if status != 200:
            raise Unreadable(f"logging in answered {status}")
        self._session.headers["Authorization"] = f"Bearer {body['accessToken']}"
        return body["user"]

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        return self._answer("GET", path)

    def memories(self, order: str) -> tuple[list[dict[str, Any]], int]:
        """Everything on one of the person's lists, and how many the list says there are."""
        pages = list(self._pages(f"/memories?limit={PAGE}&sortBy={order}"))
        return [memory for page in pages for memory in page["memories"]], pages[0]["pagination"]["total"]

    def conversations(self) -> list[dict[str, Any]]:
        """Everything on the list of conversations."""
        return [one for page in self._pages(f"/ai/conversations?limit={PAGE}") for one in page["conversations"]]

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            status, page = self.get(path + cursor)
            if status != 200:
                raise Unreadable(f"listing answered {status}")
            yield page
            if not (more := page["pagination"].get("nextCursor")):
                return
            cursor = f"&cursor={quote(more, safe='')}"

    def _answer(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        last = ""
        for tried in range(TRIES):
            try:
                answer = self._session.request(method, self._url + path, json=body, timeout=SECONDS_TO_WAIT)
                if answer.status_code == 429:
                    time.sleep(min(float(answer.headers.get("Retry-After", 1)), SECONDS_OF_LIMIT))
                elif answer.status_code < 500:
                    return answer.status_code, answer.json() if answer.content else {}
                last = f"{method} answered {answer.status_code}"
            except (requests.RequestException, ValueError) as error:
                last = f"{method} was not answered: {type(error).__name__}"
            time.sleep(0.2 * 2**tried)
        raise Unreadable(last)
