"""Another chat on a page of the same kind, before the same assistant: deep-chat, fetched with npm for the benchmark."""

import gzip
import json
import subprocess
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.e2e.servers import Rasa

PACKAGE = "deep-chat@2.4.2"
BUNDLE = "package/dist/deepChat.bundle.js"
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Peer</title><link rel="icon" href="data:,">
{numbers}
<deep-chat connect='{{"url": "/turn"}}' style="font-family: system-ui; width: 100%; height: 20rem"></deep-chat>
<script src="peer.js" type="module"></script>
"""


def fetch_bundle(folder: Path) -> bytes | None:
    """The peer's script from its package; nothing, and a line that says why, when npm cannot get it."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), PACKAGE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        with tarfile.open(folder / done.stdout.split()[-1]) as package:
            return package.extractfile(BUNDLE).read()
    except (OSError, subprocess.SubprocessError, tarfile.TarError, KeyError, IndexError) as error:
        print(f"no peer: {PACKAGE} could not be fetched with npm ({error})")
        return None


class Peer:
    """Serves the peer's page and script, compressed as ours are, and takes its messages to the assistant."""

    def __init__(self, bundle: bytes, numbers: str, rasa: Rasa) -> None:
        self.files = {"/": ("text/html", gzip.compress(PAGE.format(numbers=numbers).encode(), 9))}
        self.files["/peer.js"] = ("text/javascript", gzip.compress(bundle, 9))
        peer = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send(*peer.files[self.path])

            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                replies = rasa.say(sent["messages"][-1]["text"])
                text = "\n\n".join(reply["text"] for reply in replies)
                self.send("application/json", gzip.compress(json.dumps({"text": text}).encode(), 9))

            def send(self, kind: str, body: bytes) -> None:
                self.send_response(200)
                for name, value in (("Type", kind), ("Encoding", "gzip"), ("Length", str(len(body)))):
                    self.send_header(f"Content-{name}", value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *ignored: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Ends the server."""
        self.server.shutdown()
        self.server.server_close()
