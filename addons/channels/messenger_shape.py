"""A reply in the shapes that Messenger can show: texts, button templates, quick replies, call buttons."""

import re
from typing import Any

from addons.channels.messenger_events import MARK

LONGEST_TEXT = 1900  # Meta: under 2000 characters; counted in UTF-16, the larger way to count
LONGEST_TEMPLATE = 640
LONGEST_TITLE, LONGEST_PAYLOAD = 20, 1000
MOST_BUTTONS, MOST_QUICK_REPLIES = 3, 13
DIALS = re.compile(r"\+[1-9][0-9]{6,14}\Z")  # a short code such as 911 cannot be dialled from a button
SENTENCES = re.compile(r"[^\n]*?[.!?…][\"')\]]*(?:[ \t]+|(?=\n)|\Z)|[^\n]+|\n+")
JSON = dict[str, Any]


def length(text: str) -> int:
    """Characters as Meta may count them: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, longest: int) -> str:
    """Shortens a title at a word, with an ellipsis."""
    if length(text) <= longest:
        return text
    while length(text) > longest - 1:
        text = text[:-1]
    return text.rsplit(" ", 1)[0].rstrip(" ,.;:") + "…" if " " in text else text + "…"


def fragments(text: str, longest: int) -> list[str]:
    """Sentences with the space behind them; what is too long for one message in words, then in halves."""
    found = []
    for sentence in SENTENCES.findall(text):
        for word in [sentence] if length(sentence) <= longest else re.findall(r"\S+\s*|\s+", sentence):
            size = longest // 2
            found += [word] if length(word) <= longest else [word[i : i + size] for i in range(0, len(word), size)]
    return found


def split(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Cuts a text at sentence ends into pieces that one message can hold."""
    pieces = [""]
    for fragment in fragments(text, longest):
        if length((pieces[-1] + fragment).rstrip()) > longest:
            pieces.append("")
        pieces[-1] += fragment
    return [piece.strip() for piece in pieces if piece.strip()]


def tidy(text: Any) -> str:
    """Text that can be encoded, without spaces around it."""
    return text.encode("utf-8", "ignore").decode("utf-8").strip() if isinstance(text, str) else ""


def offers_of(reply: JSON) -> list[JSON]:
    """The reply's buttons that have a title and a payload or an address that fits."""
    found = reply.get("buttons")
    offers = []
    for button in found if isinstance(found, list) else []:
        if not isinstance(button, dict) or not tidy(button.get("title")):
            continue
        title = cut(tidy(button["title"]), LONGEST_TITLE)
        payload, url = tidy(button.get("payload")), tidy(button.get("url"))
        if url.startswith("https://"):
            offers.append({"type": "web_url", "title": title, "url": url})
        elif 0 < length(payload) <= LONGEST_PAYLOAD:
            offers.append({"type": "postback", "title": title, "payload": payload})
    return offers


def call_buttons(referrals: Any) -> list[JSON]:
    """Buttons that dial the first hotlines; a title is the number, as it stands in the text beside the name."""
    lines = [line for line in referrals if isinstance(line, dict)] if isinstance(referrals, list) else []
    dialable = [line for line in lines if DIALS.match(str(line.get("dial"))) and tidy(line.get("number"))]
    return [
        {"type": "phone_number", "title": cut(tidy(line["number"]), LONGEST_TITLE), "payload": line["dial"]}
        for line in dialable[:MOST_BUTTONS]
    ]


def quick_replies(offers: list[JSON]) -> list[JSON]:
    """Offers as quick replies, which only the last message of a reply can show."""
    kept = [offer for offer in offers if offer["type"] == "postback"][:MOST_QUICK_REPLIES]
    return [{"content_type": "text", "title": offer["title"], "payload": offer["payload"]} for offer in kept]


def template(text: str, buttons: list[JSON]) -> JSON:
    """A text with up to three buttons."""
    payload = {"template_type": "button", "text": text, "buttons": buttons}
    return {"attachment": {"type": "template", "payload": payload}}


def shape(reply: JSON, more: list[JSON] | None = None) -> list[JSON]:
    """The messages of a reply, in order; `more` are quick replies kept from earlier in the turn.

    Buttons of answers are a template, since quick replies vanish under the next message. A text
    with the referrals stays whole: it gets call buttons if it fits a template.
    """
    text, offers, calls = tidy(reply.get("text")), offers_of(reply), call_buttons(reply.get("referrals"))
    as_buttons = calls or (offers if len(offers) <= MOST_BUTTONS else [])
    taps = [*quick_replies([] if as_buttons is offers else offers), *(more or [])][:MOST_QUICK_REPLIES]
    pieces = split(text)
    messages: list[JSON] = [{"text": piece} for piece in pieces]
    if as_buttons and length(text) <= LONGEST_TEMPLATE and text:
        messages = [template(text, as_buttons)]
    elif as_buttons is offers and offers and text:
        *head, tail = split(text, LONGEST_TEMPLATE)
        messages = [{"text": piece} for piece in split(" ".join(head))] + [template(tail, offers)]
    if isinstance(reply.get("image"), str) and reply["image"].startswith("https://"):
        messages.insert(0, {"attachment": {"type": "image", "payload": {"url": reply["image"]}}})
    if taps and messages:
        messages[-1]["quick_replies"] = taps
    return [message | {"metadata": MARK} for message in messages]
