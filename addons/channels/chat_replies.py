"""A reply in the shape that the chat page shows: lists as lists, safety marked, sources in words."""

from typing import Any

import yaml

from addons.channels.rest import Replies
from conch.languages import guess_language
from conch.settings import ROOT
from conch.sources import Source

SAFETY_FILE = ROOT / "data" / "responses" / "safety.yml"


def safety_responses() -> frozenset[str]:
    """The names of the responses that are shown as safety, not as a lesson."""
    return frozenset(yaml.safe_load(SAFETY_FILE.read_text("utf-8"))["responses"])


def citation(source: Source) -> str:
    """A source as a person reads it: title, publisher, date if it has one."""
    dated = "" if source.published == "unknown" else f", {source.published}"
    return f"{source.title}. {source.publisher}{dated}"


def with_list(text: str, joined: Any, names: Any) -> str:
    """Puts signs that a sentence enumerates on lines of their own."""
    if not isinstance(joined, str) or not isinstance(names, list) or len(names) < 2:
        return text
    before, found, after = text.partition(joined)
    if not found:
        return text
    lines = "\n".join(f"\u2022 {name}" for name in names)
    return f"{before.rstrip()}\n{lines}\n{after.lstrip('. ')}"


class Shown(Replies):
    """A turn's messages as the page shows them: words, buttons, numbers, kind, sources."""

    def __init__(self, safety: frozenset[str], sources: dict[str, Source]) -> None:
        super().__init__()
        self.safety, self.sources = safety, sources

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps a message that has words; the page shows nothing else."""
        text = message.get("text")
        if not text:
            return
        reply = {"text": with_list(text, message.get("signs"), message.get("sign_names"))}
        reply |= {key: message[key] for key in ("buttons", "referrals") if message.get(key)}
        language = guess_language(text)
        if language != "en":
            reply["lang"] = language
        if message.get("utter_action") in self.safety:
            reply["kind"] = "safety"
        ids = (message.get("metadata") or {}).get("sources") or []
        cited = [citation(self.sources[name]) for name in ids if name in self.sources]
        if cited:
            reply["sources"] = cited
        self.messages.append(reply)
