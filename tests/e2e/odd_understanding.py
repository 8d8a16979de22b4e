"""The Rasa server with an understanding that fails, or finds given signs, when the text says so."""

from typing import Any

from rasa.shared.nlu.training_data.message import Message

from addons import server
from addons.nlu.recogniser import Reading, Recogniser
from addons.nlu.understanding import Understanding

FAULTS = {"raise": RuntimeError, "exit": SystemExit, "memory": MemoryError, "recursion": RecursionError}
read, process = Recogniser.read, Understanding.process


def read_or_fail(self: Recogniser, text: str) -> Reading:
    """Fails on `raise ...`, `exit ...`, `memory ...` and `recursion ...`."""
    error = FAULTS.get(text.split()[0])
    if error is not None:
        raise error(f"cannot read {text}")
    return read(self, text)


def find_given_signs(self: Understanding, messages: list[Message]) -> list[Message]:
    """Finds in `signs: a b` the signs a and b, told of somebody else."""
    for message in messages:
        text: str = message.get("text") or ""
        if not text.startswith("signs: "):
            process(self, [message])
            continue
        signs = text.removeprefix("signs: ").split()
        entities: list[dict[str, Any]] = [{"entity": "indicator", "value": sign} for sign in signs]
        entities.append({"entity": "perspective", "value": "other"})
        message.set("intent", {"name": f"indicator_{signs[0]}", "confidence": 1.0}, add_to_output=True)
        message.set("entities", entities, add_to_output=True)
    return messages


if __name__ == "__main__":
    Recogniser.read = read_or_fail
    Understanding.process = find_given_signs
    server.main()
