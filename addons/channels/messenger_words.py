"""The sentences that the Messenger channel says itself: responses of data/responses/messenger.yml.

They are read here and not asked of Rasa: a first contact has no tracker yet, its language is
known before the turn is understood, and they must be there when no model is.
"""

from pathlib import Path
from typing import Any

import yaml

from addons.channels.messenger_events import Kind
from addons.nlg.words import read_translations

ROOT = Path(__file__).resolve().parents[2]
RESPONSES_FILE = ROOT / "data" / "responses" / "messenger.yml"
PROFILE_FILE = ROOT / "content" / "messenger_profile.yml"
ANSWERS = (Kind.ATTACHMENT, Kind.VOICE, Kind.LOCATION, Kind.STICKER, Kind.TOO_MANY)
JSON = dict[str, Any]


class MessengerWords:
    """Replies by name and language; what a translation lacks is said in English."""

    def __init__(self, chat_url: str = "") -> None:
        self.chat_url = chat_url
        self.chat_title = yaml.safe_load(PROFILE_FILE.read_text("utf-8"))["web_chat_title"]
        english = yaml.safe_load(RESPONSES_FILE.read_text("utf-8"))["responses"]
        self.by_language = {**read_translations(), "en": english}
        for name in ("first_contact", "web_chat", *(kind.value for kind in ANSWERS)):
            self.reply(name)  # a sentence that is missing ends the start, not a turn

    def reply(self, name: str, language: str = "en") -> JSON:
        """One response as a reply."""
        response = f"utter_messenger_{name}"
        translated = self.by_language.get(language, {}).get(response)
        found = (translated or self.by_language["en"][response])[0]
        return {key: found[key] for key in ("text", "buttons") if found.get(key)}

    def answer(self, kind: Kind, language: str = "en") -> JSON:
        """The answer to what cannot be read."""
        return self.reply(kind.value, language)

    def notice(self, language: str = "en") -> list[JSON]:
        """What is said at first contact and after a long silence."""
        notice = self.reply("first_contact", language)
        if self.chat_url:
            notice["text"] += f" {self.reply('web_chat', language)['text']}"
            notice["buttons"] = [{"title": self.chat_title, "url": self.chat_url}]
        return [notice]
