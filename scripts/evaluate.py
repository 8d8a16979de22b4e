"""Scores the understanding: `python -m scripts.evaluate [FILE.jsonl] [--misses] [--final]`.

Without a file it scores the development set; `--final` scores the set that nothing is tuned
on. Prints the figures with 95 % intervals, each sign, and where asked each miss with the words
that misled; draws confusions and calibration into results/.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

from conch.settings import ROOT, quiet_logs
from scripts.scoring import (
    Line,
    LinesError,
    Understood,
    by_sign,
    count_signs,
    f1,
    figures,
    intent_is_right,
    intervals,
    read_lines,
    read_neighbours,
)
from scripts.train import newest_model

HELD_OUT = ROOT / "tests" / "nlu_held_out"
RESULTS = ROOT / "results"
GOALS = {
    "intent accuracy": ">= 0.90",
    "signs micro-F1": ">= 0.85",
    "signs macro-F1": ">= 0.80",
    "exact set of signs": ">= 0.60",
    "perspective": ">= 0.95",
    "safety recall": ">= 0.98",
    "safety false alarms": "<= 0.03",
    "innocent messages with a sign": "<= 0.05",
    "out-of-scope recall": ">= 0.80",
    "in-scope kept": ">= 0.95",
}


async def parse_all(model: Path, lines: list[Line]) -> list[dict[str, Any]]:
    """Sends every text through the model's own pipeline, as the server does."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    parsed = []
    for number, line in enumerate(lines, 1):
        parsed.append(await agent.parse_message(line.text))
        if number % 200 == 0:
            print(f"conch: {number} of {len(lines)} messages", file=sys.stderr, flush=True)
    return parsed


def understood(parsed: dict[str, Any]) -> Understood:
    """The parts of a parse that are scored."""
    values: dict[str, list[str]] = {}
    for entity in parsed["entities"]:
        values.setdefault(entity["entity"], []).append(entity["value"])
    told = values.get("perspective", [None])[0]
    return Understood(parsed["intent"]["name"], values.get("indicator", []), told)


def print_figures(lines: list[Line], found: list[Understood], neighbours: set[frozenset[str]]) -> None:
    """Prints each headline figure with its interval and its goal."""
    ranges = intervals(lines, found, neighbours)
    print(f"{'':32s} {'figure':>7s}  {'95 % interval':15s}  goal")
    for name, value in figures(lines, found, neighbours).items():
        low, high = ranges[name]
        print(f"{name:32s} {value:7.3f}  {low:.3f} to {high:.3f}   {GOALS[name]}")


def print_signs(lines: list[Line], found: list[Understood], neighbours: set[frozenset[str]]) -> None:
    """Prints each sign's hits, misses, false alarms and F1."""
    counts = [count_signs(line, u.indicators, neighbours) for line, u in zip(lines, found)]
    print(f"\n{'sign':30s} {'hits':>5s} {'missed':>6s} {'alarms':>6s} {'F1':>6s}")
    for sign, tally in sorted(by_sign(counts).items(), key=lambda item: f1(*item[1])):
        print(f"{sign:30s} {tally[0]:5d} {tally[1]:6d} {tally[2]:6d} {f1(*tally):6.2f}")


def words_of(parsed: dict[str, Any], sign: str) -> str:
    """The words that spoke for a sign."""
    entity = next(e for e in parsed["entities"] if e["value"] == sign)
    return parsed["text"][entity["start"] : entity["end"]]


def print_misses(
    lines: list[Line], found: list[Understood], parsed: list[dict[str, Any]], neighbours: set[frozenset[str]]
) -> None:
    """Prints every line that went wrong and the words that misled."""
    for line, u, p in zip(lines, found, parsed):
        counts = count_signs(line, u.indicators, neighbours)
        wrong_intent = not intent_is_right(line, u.intent, neighbours)
        if not (wrong_intent or counts.misses or counts.alarms):
            continue
        print(f"\n{line.id}: {line.text}")
        if wrong_intent:
            print(f"  intent {u.intent} ({p['intent']['confidence']:.2f}), right: {', '.join(line.intents)}")
        if counts.misses:
            print(f"  missed {', '.join(counts.misses)}")
        for sign in counts.alarms:
            print(f"  false {sign}, misled by: '{words_of(p, sign)}'")


def main() -> None:
    """Scores a file with the newest model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=HELD_OUT / "develop.jsonl")
    parser.add_argument("--final", action="store_true", help="score the set that nothing is tuned on")
    parser.add_argument("--misses", action="store_true", help="print what went wrong, line by line")
    parser.add_argument("--model", type=Path, default=os.environ.get("MODEL"))
    options = parser.parse_args()
    quiet_logs("ERROR")
    path = HELD_OUT / "final.jsonl" if options.final else options.file
    model = options.model or newest_model()
    if model is None:
        sys.exit("conch: there is no model yet: run `make train`")
    try:
        lines = read_lines(path)
    except (OSError, LinesError) as error:
        sys.exit(f"conch: {error}")
    start = time.monotonic()
    parsed = asyncio.run(parse_all(model, lines))
    seconds = time.monotonic() - start
    found, neighbours = [understood(p) for p in parsed], read_neighbours()
    print(f"{path}: {len(lines)} messages in {seconds:.1f} s with {model.name}\n")
    print_figures(lines, found, neighbours)
    print_signs(lines, found, neighbours)
    if options.misses:
        print_misses(lines, found, parsed, neighbours)
    from scripts.pictures_of_scores import draw_all  # matplotlib takes a second to import

    for drawn in draw_all(lines, parsed, RESULTS):
        print(f"drawn: {drawn.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
