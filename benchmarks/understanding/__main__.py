"""Conch's understanding beside its peers', in one run: `python -m benchmarks.understanding [--messages N]`.

Every system learns from the same part of data/nlu and reads the same held-out lines, each in a
process of its own, one after another. Prints the tables, and with --write puts them and the
picture into docs/benchmarks/. docs/benchmarks/understanding.md says what is fair about it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import processor, say
from benchmarks.understanding.document import DOCUMENT, put_in
from benchmarks.understanding.running import OtherMessages, Outcome, prepare, run_system
from benchmarks.understanding.systems import SYSTEMS
from benchmarks.understanding.tables import SAFETY, SIGNS, cost_table, failures, figures_table, rows
from benchmarks.understanding.training_files import TooManyMessages
from conch.settings import ROOT
from scripts.evaluate import HELD_OUT
from scripts.scoring import Line, LinesError, read_lines, read_neighbours

MESSAGES = 400  # DIET alone takes an hour with so many on two cores


def report(files: dict[Path, list[Line]], outcomes: dict[str, Outcome], messages: int, picture: Path) -> str:
    """The tables of every file and of the cost, as Markdown; draws the last file's picture."""
    from benchmarks.understanding.picture import draw  # matplotlib takes a second to import

    neighbours, first = read_neighbours(), 0
    parts = [f"{messages} training messages; {time.strftime('%d %B %Y')}, {processor()}, {os.cpu_count()} cores."]
    for path, lines in files.items():
        of = list(rows(lines, outcomes, first, neighbours))
        first += len(lines)
        parts += [f"### {path.name}, {len(lines)} lines", figures_table(of, SIGNS), figures_table(of, SAFETY)]
        if of:
            say(f"drawn: {draw(of, outcomes, path.name, picture)}")
    parts += ["### Cost", cost_table(outcomes), failures(outcomes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=MESSAGES, help=f"training messages, {MESSAGES} by default")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), metavar="NAME")
    lines = sorted(HELD_OUT.glob("*.jsonl"))
    parser.add_argument("--lines", type=Path, nargs="+", default=lines, help="held-out files; the last one is drawn")
    parser.add_argument("--folder", type=Path, help="keep trained systems here, and use those that are there")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {DOCUMENT.relative_to(ROOT)}")
    return parser.parse_args()


def main() -> None:
    """Prepares, runs every system, reports."""
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("conch: ended from outside"))  # ends the running step as well
    try:
        files = {path: read_lines(path) for path in chosen.lines}
    except (OSError, LinesError) as error:
        sys.exit(f"conch: {error}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            prepare(folder, chosen.messages, [line.text for lines in files.values() for line in lines])
        except (TooManyMessages, OtherMessages) as error:
            sys.exit(f"conch: {error}")
        outcomes = {name: run_system(name, folder / name, say) for name in chosen.systems}
        place = DOCUMENT.parent if chosen.write else ROOT / "results"
        place.mkdir(parents=True, exist_ok=True)
        text = report(files, outcomes, chosen.messages, place / "understanding.png")
    print(text)
    if chosen.write:
        put_in("comparison", text)


if __name__ == "__main__":
    main()
