"""A network learns from examples, and is not trained twice on the same ones."""

from pathlib import Path

import pytest

from addons.nlu.examples import Example, Span
from addons.nlu.learning import learn

TOLD = [f"he keeps my {thing} in his {place}" for thing in ("passport", "papers", "visa") for place in ("safe", "desk")]
ASKED = [f"when does the {boat} {leave}" for boat in ("ferry", "bus", "plane") for leave in ("leave", "go")]
EXAMPLES = [
    *(Example(t, "indicator_document_confiscation", frozenset({"document_confiscation"}), (), "self") for t in TOLD),
    *(Example(t, "out_of_scope", frozenset(), (), None) for t in ASKED),
    Example(
        "he locks me in", "indicator_confinement", frozenset({"confinement"}), (Span(0, 14, "confinement"),), "self"
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where networks are kept."""
    return tmp_path_factory.mktemp("learned")


@pytest.fixture(scope="module", autouse=True)
def steps(folder: Path) -> list[str]:
    """What a training tells."""
    told: list[str] = []
    learn(EXAMPLES, told.append, pairs=2, learned=folder, epochs=12)
    return told


def test_each_step_is_told(steps: list[str]) -> None:
    assert steps[0] == "read 15 of 15 messages with the layers that stay"
    assert [step.split(":")[0] for step in steps[1:]] == [f"epoch {number} of 12" for number in range(1, 13)]


def test_what_was_learned_is_found_again_and_holds(folder: Path) -> None:
    told: list[str] = []
    recogniser = learn(EXAMPLES, told.append, pairs=2, learned=folder, epochs=12)
    assert told == ["learned from the same examples before, nothing to train"]
    known, other = recogniser.read("She keeps my passport in her drawer"), recogniser.read("when does the train leave?")
    assert known.signs["document_confiscation"] > other.signs["document_confiscation"]
    assert known.intents["indicator_document_confiscation"] > known.intents["out_of_scope"]
    assert other.intents["out_of_scope"] > other.intents["indicator_document_confiscation"]


def test_other_examples_are_learned_anew(folder: Path) -> None:
    told: list[str] = []
    learn(EXAMPLES[1:], told.append, pairs=0, learned=folder, epochs=1)
    assert told[-1].startswith("epoch 1 of 1: loss")
