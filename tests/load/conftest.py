"""What several tests start from."""

from __future__ import annotations

# Locust replaces the sockets of Python when it is imported: before anything that uses them, or they are half replaced.
import locust  # noqa: F401

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from journal import Journal
from played_api import Api


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.jsonl", "Password1!")
    journal.note(what="person", person=1, email="somebody@example.com")
    journal.note(what="register", person=1, outcome="done")
    yield journal
    journal.close()
