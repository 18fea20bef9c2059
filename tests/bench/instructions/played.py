"""Lambda's Runtime API and a table in which nothing is, on 127.0.0.1."""

from __future__ import annotations

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Python 3.10 does not have it yet.
    from typing import Self


class _Server:
    """A server that ends with the block that it is made for."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        played = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                played.connected()

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers, answer = played.answer(self, body)
                self.send_response(200)
                for name, value in {**headers, "content-length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Says nothing: what matters is in the counts."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    def connected(self) -> None:
        """Somebody has connected."""

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[dict[str, str], bytes]:
        raise NotImplementedError

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Lambda(_Server):
    """Gives the function one event, and hears what it answers."""

    def __init__(self, event: bytes) -> None:
        super().__init__()
        self._event = event
        self._given = False
        self.answered = threading.Event()
        self.status = 0

    def variables(self) -> dict[str, str]:
        return {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.port}",
            "AWS_LAMBDA_FUNCTION_NAME": "counted",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[dict[str, str], bytes]:
        if request.command == "GET":
            if self._given:
                # There is no second event.
                self.answered.set()
                threading.Event().wait()
            self._given = True
            return {
                "content-type": "application/json",
                "lambda-runtime-aws-request-id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                "lambda-runtime-deadline-ms": str(int(time.time() * 1000) + 120_000),
                "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:counted",
            }, self._event
        if request.path.endswith("/response"):
            self.status = json.loads(body).get("statusCode", 0)
        return {}, b""


class Table(_Server):
    """Has no item, and counts who asks."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        super().__init__(tls)
        self._scheme = "https" if tls else "http"
        self.calls: list[str] = []
        self.connections = 0

    def variables(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": f"{self._scheme}://localhost:{self.port}"}

    def connected(self) -> None:
        self.connections += 1

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[dict[str, str], bytes]:
        self.calls.append(request.headers.get("x-amz-target", ""))
        return {"content-type": "application/x-amz-json-1.0"}, b"{}"
