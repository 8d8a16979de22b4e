"""Makes docs/transcript.md from the running assistant: `python -m scripts.transcript`.

Sends every conversation of docs/transcript_messages.yml over REST and writes down what comes
back. Fails, and writes nothing, if nothing answers or if a turn does not end with the numbers.
"""

import sys
import textwrap
import uuid
from pathlib import Path

import yaml

from conch.contacts import read_contacts
from conch.referrals import Referrals, read_referrals
from conch.settings import ROOT, Settings, SettingsError
from scripts.talk import send

MESSAGES = ROOT / "docs" / "transcript_messages.yml"
TRANSCRIPT = ROOT / "docs" / "transcript.md"
WIDTH = 100
SHORT_BLOCK = "(referrals: 911 and three hotlines)"
HEAD = """# Transcript

What Conch said to the messages of [transcript_messages.yml](transcript_messages.yml): made by
`make transcript`, not by hand. Opening hours are those of the moment at which it was made. Titles
of buttons stand in brackets. Every turn ends with this block:

```text
{block}
```

Where exactly this was said, the transcript has `{short}`; any other block, for
somebody under 18 or in another language, stands in full.
"""


class TranscriptError(RuntimeError):
    """A transcript that must not be written; the message says why."""


def wrapped(speaker: str, text: str) -> str:
    """What somebody says, each of its lines broken at words, under the speaker's name."""
    name = f"{speaker}:".ljust(7)
    lines = [
        part
        for line in text.split("\n")
        for part in textwrap.wrap(line, WIDTH - len(name), break_long_words=False, break_on_hyphens=False) or [""]
    ]
    return "\n".join((name if at == 0 else " " * len(name)) + line for at, line in enumerate(lines)).rstrip()


def written(reply: dict, block: str) -> str:
    """One message of Conch with its buttons; the block, exactly as above, in one line."""
    text = reply.get("text", "")
    said = SHORT_BLOCK if text == block else text
    buttons = " ".join(f"[{button['title']}]" for button in reply.get("buttons", []))
    return wrapped("Conch", "\n".join(part for part in (said, buttons) if part))


def turn(address: str, sender: str, message: str, referrals: Referrals) -> str:
    """Sends one message and writes down the turn."""
    try:
        replies = send(address, sender, message)
    except (OSError, ValueError) as error:
        raise TranscriptError(f"nothing answers at {address} ({error}): start it with `make run`") from error
    if not replies or not referrals.are_in(replies[-1].get("text", "")):
        raise TranscriptError("the turn does not end with the numbers")
    said = [written(reply, referrals.text()) for reply in replies]
    return "\n".join([wrapped("You", message), *said])


def conversation(address: str, title: str, messages: list[str], referrals: Referrals) -> str:
    """Holds one conversation, with a sender of its own."""
    sender = uuid.uuid4().hex
    turns = []
    for number, message in enumerate(messages, 1):
        try:
            turns.append(turn(address, sender, message, referrals))
        except TranscriptError as error:
            raise TranscriptError(f"'{title}', message {number}: {error}") from error
    return f"\n## {title}\n\n```text\n" + "\n\n".join(turns) + "\n```\n"


def transcript(address: str, source: Path = MESSAGES) -> str:
    """Holds every conversation."""
    referrals = read_referrals(read_contacts())
    parts = [HEAD.format(block=referrals.text(), short=SHORT_BLOCK)]
    for entry in yaml.safe_load(source.read_text("utf-8")):
        parts.append(conversation(address, entry["title"], entry["messages"], referrals))
    return "".join(parts)


def main() -> None:
    """Writes the transcript."""
    try:
        address = f"http://127.0.0.1:{Settings.from_environment().port}/webhooks/rest/webhook"
        content = transcript(address)
    except (TranscriptError, SettingsError) as error:
        sys.exit(f"conch: {error}")
    TRANSCRIPT.write_text(content, "utf-8")
    print(f"conch: written to {TRANSCRIPT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
