"""Sets what Messenger shows around the thread: `python -m scripts.messenger_profile [--dry-run]`.

Reads content/messenger_profile.yml, sets what differs from what the Page has, and prints what
is set then. Running it again changes nothing. --dry-run prints what would be set and calls nobody.
"""

import argparse
import asyncio
import json
import logging
import os
import sys
from typing import Any

import aiohttp
import yaml

from addons.channels.messenger_send import Graph, GraphError
from addons.channels.messenger_words import PROFILE_FILE
from conch.contacts import PhoneType, read_contacts
from conch.messenger_settings import MessengerSettings, safe_url
from conch.settings import SettingsError

FIELDS = ("get_started", "greeting", "ice_breakers", "persistent_menu")
LONGEST = {"greeting": 160, "question": 80, "title": 30}
MOST_BREAKERS, MOST_ITEMS = 4, 20
Profile = dict[str, Any]


def bounded(kind: str, text: str) -> str:
    """A text that Meta takes, or an end that names it."""
    if not 0 < len(text) <= LONGEST[kind]:
        sys.exit(f"conch: {PROFILE_FILE.name}: {kind}: {text!r} has {len(text)} characters, at most {LONGEST[kind]}")
    return text


def read_profile(chat_url: str = "") -> Profile:
    """The profile in the shape of Meta's Profile API, with today's numbers."""
    content = yaml.safe_load(PROFILE_FILE.read_text("utf-8"))
    phones = {contact.id: contact.phone(PhoneType.VOICE) for contact in read_contacts() if contact.is_shown}
    greeting = content["greeting"].format(**{name: phone.number for name, phone in phones.items() if phone})
    breakers = [
        {"question": bounded("question", item["question"]), "payload": item["payload"]}
        for item in content["ice_breakers"]
    ]
    items = [
        {"type": "postback", "title": bounded("title", item["title"]), "payload": item["payload"]}
        for item in content["persistent_menu"]
    ]
    if chat_url:
        items.append({"type": "web_url", "title": bounded("title", content["web_chat_title"]), "url": chat_url})
    if len(breakers) > MOST_BREAKERS or len(items) > MOST_ITEMS:
        sys.exit(f"conch: {PROFILE_FILE.name}: at most {MOST_BREAKERS} ice breakers and {MOST_ITEMS} menu items")
    menu = {"locale": "default", "composer_input_disabled": False, "call_to_actions": items}
    return {
        "get_started": {"payload": content["get_started"]},
        "greeting": [{"locale": "default", "text": bounded("greeting", greeting.strip())}],
        "ice_breakers": [{"locale": "default", "call_to_actions": breakers}],
        "persistent_menu": [menu],
    }


def holds(found: Any, wanted: Any) -> bool:
    """Whether what the Page has is what we want; Meta may add fields of its own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(holds, found, wanted))
    return found == wanted


async def on_page(graph: Graph) -> Profile:
    """What the Page has now."""
    answer = await graph.call("messenger_profile", fields=",".join(FIELDS))
    data = answer.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}


async def set_profile(settings: MessengerSettings, profile: Profile) -> tuple[list[str], Profile]:
    """Sets what differs; returns the names of those fields and what the Page has then."""
    graph = Graph(settings)
    try:
        found = await on_page(graph)
        changed = [name for name in FIELDS if not holds(found.get(name), profile[name])]
        if changed:
            await graph.call("messenger_profile", {name: profile[name] for name in changed})
            found = await on_page(graph)
        return changed, found
    finally:
        await graph.close()


def main() -> None:
    """Sets the profile of the Page whose token is in the environment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dry-run", action="store_true", help="print what would be set and call nobody")
    is_dry = parser.parse_args().dry_run
    logging.basicConfig(level="CRITICAL")
    try:
        profile = read_profile(safe_url("MESSENGER_CHAT_URL"))
        settings = None if is_dry else MessengerSettings.from_environment()
    except SettingsError as error:
        sys.exit(f"conch: {error}")
    if is_dry:
        print(json.dumps(profile, indent=2, ensure_ascii=False))
        return
    if settings is None:
        sys.exit("conch: no Messenger secret is set; docs/messenger.md says where each is found")
    try:
        changed, found = asyncio.run(set_profile(settings, profile))
    except (GraphError, aiohttp.ClientError, asyncio.TimeoutError) as error:
        reason = error if isinstance(error, GraphError) else type(error).__name__
        sys.exit(f"conch: the Graph API did not take the profile: {reason} (docs/messenger.md, If something fails)")
    print(json.dumps(found, indent=2, ensure_ascii=False))
    print(f"conch: set {', '.join(changed)}" if changed else "conch: all was set already", file=sys.stderr)
    if not holds(found, profile):
        sys.exit("conch: the Page does not show all of it; look at the lines above")


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main()
