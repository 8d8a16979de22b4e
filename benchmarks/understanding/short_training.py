"""Trains Conch's network on fewer messages than the project has."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import yaml

from addons.nlu.examples import Example, joined
from addons.nlu.learning import train_network
from addons.nlu.recogniser import Recogniser
from conch.settings import ROOT

BATCH = 32  # of addons/nlu/tuning.py
LEAST_STEPS = 1000  # with few messages, config.yml's epochs end before anything is learned


def settings() -> dict[str, int]:
    """Epochs and pairs of config.yml."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    return next({"epochs": c["epochs"], "pairs": c["pairs"]} for c in pipeline if c["name"].endswith(".Understanding"))


def epochs_for(messages: int) -> int:
    """As many epochs as config.yml says, or as many as give the least number of steps."""
    return max(settings()["epochs"], ceil(LEAST_STEPS * BATCH / messages))


def pairs_for(messages: int, of: int) -> int:
    """As many joined messages for each message as config.yml makes of all."""
    return round(settings()["pairs"] * messages / of)


def train_on(examples: list[Example], pairs: int, tell: Callable[[str], None]) -> Recogniser:
    """Trains on messages and pairs of them."""
    messages = [*examples, *joined(examples, pairs, seed=0)]
    return train_network(messages, tell, {"epochs": epochs_for(len(messages))})
