"""Training messages as the network needs them: labels of the message and of its words."""

from dataclasses import dataclass
from random import Random

from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

SIGN_INTENT = "indicator_"
PERSPECTIVES = ("self", "other", "general")
TELLING = ("disclose_", "report_", SIGN_INTENT)


@dataclass(frozen=True)
class Span:
    """The words that carry a sign: [start, end) in characters."""

    start: int
    end: int
    sign: str


@dataclass(frozen=True)
class Example:
    """One labelled message."""

    text: str
    intent: str
    signs: frozenset[str]
    spans: tuple[Span, ...]
    perspective: str | None


def has_perspective(intent: str) -> bool:
    """Whether the contract wants a perspective with this intent."""
    return intent.startswith(TELLING) or intent.endswith("_danger")


def read_example(message: Message) -> Example:
    """Reads the labels of data/nlu: intent, annotated signs, and the block's perspective."""
    intent = message.get(INTENT)
    spans = tuple(
        Span(entity["start"], entity["end"], entity["value"])
        for entity in message.get(ENTITIES, [])
        if entity["entity"] == "indicator"
    )
    signs = {span.sign for span in spans}
    if intent.startswith(SIGN_INTENT):
        signs.add(intent.removeprefix(SIGN_INTENT))
    metadata = (message.get("metadata") or {}).get("intent") or {}
    return Example(message.get(TEXT), intent, frozenset(signs), spans, metadata.get("perspective"))


def join(first: Example, second: Example) -> Example:
    """One message that tells both: the first one's intent, the signs of both."""
    start = len(first.text) + 1
    moved = tuple(Span(span.start + start, span.end + start, span.sign) for span in second.spans)
    text, signs = f"{first.text} {second.text}", first.signs | second.signs
    return Example(text, first.intent, signs, first.spans + moved, first.perspective)


def joined(examples: list[Example], count: int, seed: int) -> list[Example]:
    """Pairs of tellings by the same kind of teller: long messages with several signs are the rarest."""
    tellers = [[e for e in examples if e.signs and e.perspective == p] for p in PERSPECTIVES]
    tellers = [group for group in tellers if len(group) > 1]
    if not tellers:
        return []
    random = Random(seed)
    groups = random.choices(tellers, weights=[len(group) for group in tellers], k=count)
    return [join(*random.sample(group, 2)) for group in groups]
