"""Small web sites on loopback: where exit leads, and hosts that embed the chat."""

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Site:
    """Serves its pages by path, after `delay` seconds, and remembers every request's headers."""

    name: str = "localhost"
    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    delay: float = 0.0

    def __post_init__(self) -> None:
        site = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.seen.append((self.path, dict(self.headers)))
                time.sleep(site.delay)
                body = site.pages.get(self.path, "<!doctype html><title>Weather</title><p>Sunny").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                for key, value in site.headers.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *ignored: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.handle_error = lambda *ignored: None  # a browser that left does not wait for its answer
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        """The site's origin."""
        return f"http://{self.name}:{self.server.server_port}"

    @property
    def visits(self) -> list[dict[str, str]]:
        """The headers of every request for the front page."""
        return [headers for path, headers in self.seen if path == "/"]

    def reset(self) -> None:
        """Forgets pages, headers, requests and delay."""
        self.pages, self.headers, self.delay = {}, {}, 0.0
        self.seen.clear()

    def stop(self) -> None:
        """Ends the site."""
        self.server.shutdown()
        self.server.server_close()
