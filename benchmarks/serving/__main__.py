"""Stock Rasa and Conch in running servers, one after another, in one run: `python -m benchmarks.serving`.

Prints the tables, keeps the figures in results/serving.json, and with --write puts the tables and the picture
into docs/benchmarks/, which says what is measured and what is fair about it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks.machine import processor, say
from benchmarks.serving import stock
from benchmarks.serving.figures import Run
from benchmarks.serving.measure import FULL, QUICK, Plan, measure
from benchmarks.serving.systems import SYSTEMS
from benchmarks.serving.tables import report
from benchmarks.understanding.document import put_in
from benchmarks.understanding.running import QUIET, StepFailed, run_to_end
from conch.settings import ROOT
from scripts import train

DOCUMENT = ROOT / "docs" / "benchmarks" / "serving.md"
KEPT = ROOT / "results" / "serving.json"
PAUSE = 5.0  # seconds between two systems
ONLY_WHOLE = "only a whole run is written: one without --quick and --systems"


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="some minutes, to try the command")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {DOCUMENT.relative_to(ROOT)}")
    parser.add_argument("--from", dest="kept", type=Path, help="do not measure: report a run that was kept")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), metavar="NAME")
    return parser.parse_args()


def is_whole(chosen: argparse.Namespace) -> bool:
    """Whether everything is measured at full length."""
    return not chosen.quick and set(chosen.systems) == set(SYSTEMS)


def how(plan: Plan, quick: bool, minutes: float) -> str:
    """How a run was made, in sentences."""
    parts = [
        f"{time.strftime('%d %B %Y')}, {processor()}, {os.cpu_count()} cores, {minutes:.0f} minutes. "
        f"Stock Rasa learned from {plan.training_messages} messages in {plan.epochs} epochs. "
        f"Median of {plan.rounds} times {len(stock.SPOKEN)} parses and first turns; one conversation of {plan.turns} "
        f"turns; {plan.seconds:.0f} seconds of each number of clients."
    ]
    if quick:
        parts.insert(0, "**A quick run, to try the command: too short to compare anything.**")
    return " ".join(parts)


def warm_up(folder: Path) -> None:
    """Reads both systems' modules once, so that the first start does not pay for a cold disk alone."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = "import addons.server, actions.contacts, rasa.__main__, rasa.core.run, rasa.model_training, tensorflow"
    run_to_end([sys.executable, "-c", code], folder / "warm.log", kept | QUIET, "reading all modules", say)


def run(chosen: argparse.Namespace) -> Run:
    """Trains what is not trained, then measures one system after another."""
    plan, begun = QUICK if chosen.quick else FULL, time.monotonic()
    if not train.is_current():
        train.train()
    messages = stock.spoken(stock.prepare(plan.training_messages, plan.epochs, say))
    found = {}
    with tempfile.TemporaryDirectory(prefix="conch-serving-") as scratch:
        warm_up(Path(scratch))
        for name in (name for name in SYSTEMS if name in chosen.systems):
            time.sleep(PAUSE)
            say(f"{name}: starting")
            tell = partial(lambda name, text: say(f"{name}: {text}"), name)
            found[name] = measure(SYSTEMS[name], messages, plan, Path(scratch) / name, tell)
    minutes = (time.monotonic() - begun) / 60
    about = {"how": how(plan, chosen.quick, minutes), "whole": is_whole(chosen)}
    return Run(about | {"plan": asdict(plan), "messages": messages}, found)


def main() -> None:
    """Measures or reads, then reports."""
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("conch: ended from outside"))  # ends what was started as well
    try:
        if chosen.kept:
            figures = Run.read(chosen.kept)
        elif chosen.write and not is_whole(chosen):
            raise ValueError(f"--write: {ONLY_WHOLE}")
        else:
            figures = run(chosen)
            figures.write(KEPT)
    except (OSError, ValueError, StepFailed) as error:
        sys.exit(f"conch: {error}")
    if chosen.write and not figures.about["whole"]:
        sys.exit(f"conch: {chosen.kept}: {ONLY_WHOLE}")
    from benchmarks.serving.picture import draw  # matplotlib takes a second to import

    place = DOCUMENT.parent if chosen.write else KEPT.parent
    place.mkdir(parents=True, exist_ok=True)
    say(f"drawn: {draw(figures, place / 'serving.png')}")
    text = report(figures)
    print(text)
    if chosen.write:
        put_in("serving", text, DOCUMENT)


if __name__ == "__main__":
    main()
