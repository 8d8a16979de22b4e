"""Where the processor time of Conch's turn goes: `python -m benchmarks.serving.stages [--rounds N] [--write]`.

One assistant in this process behind its guarantee, without HTTP, with a real action server; the same messages as
the serving benchmark, five to a conversation. Each stage is counted without the stages within it.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import inspect
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.machine import say
from benchmarks.serving import stock
from benchmarks.serving.client import MESSAGES_A_CONVERSATION, somebody
from benchmarks.serving.measure import FULL
from benchmarks.understanding.document import put_in
from benchmarks.understanding.tables import table
from benchmarks.understanding.training_files import part, read_data
from conch.settings import ROOT, Settings, quiet_logs
from scripts.local_stores import free_port

RASA, CONCH = "Rasa", "Conch"
DOCUMENT = ROOT / "docs" / "benchmarks" / "serving.md"
REST = "the rest of Rasa's turn: conversation, events, actions"


class Stages:
    """Processor seconds of each stage, of one turn at a time."""

    def __init__(self) -> None:
        self.seconds: dict[tuple[str, str], float] = defaultdict(float)
        self.open: list[tuple[str, str]] = []
        self.since = 0.0

    @contextmanager
    def within(self, stage: tuple[str, str]) -> Iterator[None]:
        """Counts what is spent within for this stage, and no longer for the one around it."""
        self._settle()
        self.open.append(stage)
        try:
            yield
        finally:
            self._settle()
            self.open.pop()

    def _settle(self) -> None:
        now = time.process_time()
        if self.open:
            self.seconds[self.open[-1]] += now - self.since
        self.since = now

    def watch(self, owner: type, method: str, title: str, whose: str) -> None:
        """Counts a method of a class as a stage, from now on."""
        original: Callable[..., Any] = getattr(owner, method)

        @functools.wraps(original)
        async def awaited(*given: Any, **named: Any) -> Any:
            with self.within((title, whose)):
                return await original(*given, **named)

        @functools.wraps(original)
        def called(*given: Any, **named: Any) -> Any:
            with self.within((title, whose)):
                return original(*given, **named)

        setattr(owner, method, awaited if inspect.iscoroutinefunction(original) else called)

    def table(self, turns: int) -> str:
        """One line a stage, the dearest first, then the sums."""
        total = sum(self.seconds.values())
        by_cost = sorted(self.seconds.items(), key=lambda entry: -entry[1])
        sums = [((f"all of {name}'s", name), sum(s for (_, w), s in by_cost if w == name)) for name in (RASA, CONCH)]
        lines = [
            [title, whose, f"{1000 * seconds / turns:.2f}", f"{100 * seconds / total:.0f} %"]
            for (title, whose), seconds in [*by_cost, *sums]
        ]
        return table(["stage", "whose code", "of the processor a turn, ms", "share"], lines)


def watch_all(stages: Stages) -> None:
    """Names every stage of a turn."""
    from rasa.core.actions.action import RemoteAction
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.core.processor import MessageProcessor
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.nlu.extractors.regex_entity_extractor import RegexEntityExtractor

    from addons.channels.guarantee import Guarantee
    from addons.nlg.words import TranslatedWords
    from addons.nlu.language import LanguageNotice
    from addons.nlu.recogniser import Recogniser
    from addons.nlu.safety_phrases import SafetyPhrases
    from addons.nlu.understanding import Understanding
    from addons.stores import ForgettingTrackerStore

    for owner, method, title, whose in (
        (Guarantee, "__call__", "the guarantee: cleaning, closing the turn", CONCH),
        (MessageProcessor, "handle_message", REST, RASA),
        (DaskGraphRunner, "run", "running the graph (dask), three times", RASA),
        (RulePolicy, "predict_action_probabilities", "rules, twice", RASA),
        (RegexEntityExtractor, "process", "word lists", RASA),
        (RemoteAction, "run", "calling the action server", RASA),
        (Understanding, "process", "clauses, decision", CONCH),
        (Recogniser, "read", "the network", CONCH),
        (SafetyPhrases, "find", "safety phrases", CONCH),
        (LanguageNotice, "process", "language", CONCH),
        (TranslatedWords, "generate", "choosing the words", CONCH),
        (ForgettingTrackerStore, "retrieve", "store: reading", RASA),
        (ForgettingTrackerStore, "save", "store: keeping", RASA),
    ):
        stages.watch(owner, method, title, whose)


async def spend(settings: Settings, messages: list[str], rounds: int, stages: Stages) -> int:
    """Handles the messages, two rounds of them uncounted; returns how many turns were counted."""
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage
    from rasa.core.utils import AvailableEndpoints

    from addons.channels.guarantee import Guarantee
    from addons.channels.rest import Replies
    from conch.directory import Directory
    from scripts.train import newest_model

    watch_all(stages)  # before the model is loaded: its graph keeps the methods that it finds then
    endpoints = AvailableEndpoints.read_endpoints(str(settings.endpoints))
    agent = await load_agent(model_path=str(newest_model()), endpoints=endpoints)
    handle = Guarantee(agent.handle_message, Directory())

    async def turns(count: int) -> None:
        for turn in range(count * len(messages)):
            if turn % MESSAGES_A_CONVERSATION == 0:
                sender = somebody()
            await handle(UserMessage(messages[turn % len(messages)], Replies(), sender, input_channel="rest"))

    await turns(2)
    stages.seconds.clear()
    await turns(rounds)
    return rounds * len(messages)


def main() -> None:
    """Starts an action server, spends the turns, prints where the time went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="how often all messages are handled (default: 20)")
    parser.add_argument("--write", action="store_true", help=f"put the table into {DOCUMENT.relative_to(ROOT)}")
    chosen = parser.parse_args()
    os.environ |= {"ACTIONS_PORT": str(free_port()), "PORT": str(free_port())}
    settings = Settings.from_environment()
    quiet_logs("ERROR")
    from addons import rasa_patches
    from scripts.run import Process, answers, wait_for

    rasa_patches.apply()
    messages = list(stock.spoken(part(read_data().intent_examples, FULL.training_messages)).values())
    stages = Stages()
    actions = Process(["-m", "rasa_sdk", "--actions", "actions", "--port", str(settings.actions_port)], settings)
    try:
        health = f"http://127.0.0.1:{settings.actions_port}/health"
        wait_for("action server", lambda: answers(health), actions)
        say(f"{chosen.rounds} times {len(messages)} messages")
        turns = asyncio.run(spend(settings, messages, chosen.rounds, stages))
    finally:
        actions.stop()
    text = f"{turns} turns.\n\n{stages.table(turns)}\n"
    print(text)
    if chosen.write:
        put_in("stages", text, DOCUMENT)


if __name__ == "__main__":
    main()
