"""A conversation in the terminal with the running assistant: `python -m scripts.talk`."""

import json
import sys
import urllib.error
import urllib.request
import uuid

from conch.settings import Settings


def send(address: str, sender: str, message: str) -> list[dict]:
    """Sends a message and returns the replies."""
    body = json.dumps({"sender": sender, "message": message}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.load(reply)


def show(replies: list[dict]) -> list[str]:
    """Prints replies with their buttons numbered; returns the buttons' payloads."""
    payloads = []
    for reply in replies:
        print(f"\n{reply.get('text', '')}")
        for button in reply.get("buttons", []):
            payloads.append(button["payload"])
            print(f"  [{len(payloads)}] {button['title']}")
    return payloads


def main() -> None:
    """Talks until an empty end of input."""
    address = f"http://127.0.0.1:{Settings.from_environment().port}/webhooks/rest/webhook"
    sender, payloads = uuid.uuid4().hex, []
    print("Type a message, or the number of a button. Ctrl-D ends.")
    while True:
        try:
            typed = input("\nyou> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if typed.isdigit() and 0 < int(typed) <= len(payloads):
            typed = payloads[int(typed) - 1]
        try:
            payloads = show(send(address, sender, typed))
        except (urllib.error.URLError, OSError) as error:
            sys.exit(f"conch: nothing answers at {address} ({error}): start it with `make run`")


if __name__ == "__main__":
    main()
