"""An action server that misbehaves to order."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class FakeActions:
    """Answers every call with the same status and body.

    `bodies` holds other bodies for some senders; None is no answer at all.
    """

    def __init__(self, port: int, body: bytes = b"{}", status: int = 200, kind: str = "application/json") -> None:
        self.body, self.status, self.kind = body, status, kind
        self.bodies: dict[str, bytes | None] = {}
        self.calls = 0
        self.released = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.server.daemon_threads = True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                call = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
                fake.calls += 1
                body = fake.bodies.get(call["sender_id"], fake.body)
                if body is None:
                    fake.released.wait(60)
                    return
                self.send_response(fake.status)
                self.send_header("Content-Type", fake.kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Keeps the test's output clean."""

        return Handler

    def __enter__(self) -> "FakeActions":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


def with_events(*events: dict[str, Any], says: Any = None) -> bytes:
    """An answer in the action server's shape."""
    responses = [] if says is None else [says if isinstance(says, dict) else {"text": says}]
    return json.dumps({"events": list(events), "responses": responses}).encode()
