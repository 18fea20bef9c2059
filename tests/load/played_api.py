"""One person's data, as an API that can lose them."""

from __future__ import annotations

import json
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import audit
from journal import Ledger


class Api(ThreadingHTTPServer):
    """One person's memories and conversations. A list has copies of its own, in pages of two."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.memories: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {order: [] for order in audit.LISTS}
        self.conversations: list[dict[str, Any]] = []
        self.said: dict[str, list[dict[str, Any]]] = {}
        self.is_verified, self.is_down = True, False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def save(self, id: str, title: str, text: str) -> None:
        memory = {"id": id, "title": title, "content": {"text": text}}
        self.memories[id] = memory
        for entries in self.lists.values():
            entries.append(deepcopy(memory))

    def keep(self, id: str, question: str, answer: str) -> None:
        """A question with its answer, as the last conversation."""
        turns = [("memo", answer), ("user", question)]
        self.said[id] = [{"id": f"{id}-{role}", "role": role, "text": text} for role, text in turns]
        self.conversations.insert(0, {"id": id, "title": question, "messageCount": len(turns)})


class Handler(BaseHTTPRequestHandler):
    server: Api

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(503 if self.server.is_down else status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, {"accessToken": "t", "user": {"isVerified": self.server.is_verified}})

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/memories":
            return self.page("memories", self.server.lists[query["sortBy"]], query)
        if url.path == "/ai/conversations":
            return self.page("conversations", self.server.conversations, query)
        if url.path.startswith("/ai/conversations/"):
            said = self.server.said.get(url.path.split("/")[3])
            return self.answer(404 if said is None else 200, {"messages": said, "pagination": {}})
        memory = self.server.memories.get(url.path.removeprefix("/memories/"))
        self.answer(200 if memory else 404, {"memory": memory})

    def page(self, name: str, entries: list[dict[str, Any]], query: dict[str, str]) -> None:
        begin = int(query.get("cursor", 0))
        more = {"nextCursor": str(begin + 2)} if begin + 2 < len(entries) else {}
        self.answer(200, {name: entries[begin : begin + 2], "pagination": {"total": len(entries), **more}})


def kinds(api: Api, ledger: Ledger) -> set[str]:
    """What the check finds to be wrong."""
    return {problem.kind for problem in audit.check_all(ledger, api.url)}
