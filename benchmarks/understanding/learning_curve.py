"""How much more data helps: `python -m benchmarks.understanding.learning_curve [--parts 8 4 2] [--write]`.

Trains Conch's network on an eighth, a quarter and a half of the messages (stratified, one part
within the next) and scores each on the held-out lines; the point of all messages is the model
in place. A curve that still rises asks for data, a flat one for another model.
"""

from __future__ import annotations

import argparse
import sys
import tarfile
import tempfile
import time
from functools import partial
from pathlib import Path

import matplotlib

from addons.nlu.examples import read_example
from addons.nlu.recogniser import GRAPH, LABELS, TOKENIZER, Recogniser
from addons.nlu.understanding import Understanding
from benchmarks.understanding.document import DOCUMENT, put_in
from benchmarks.understanding.short_training import pairs_for, train_on
from benchmarks.understanding.tables import Figures, cell, scored, table
from benchmarks.understanding.training_files import part, read_data
from conch.settings import ROOT, quiet_logs
from scripts.evaluate import HELD_OUT
from scripts.scoring import Line, Understood, read_lines, read_neighbours
from scripts.train import newest_model

matplotlib.use("Agg")
from matplotlib import pyplot

SHOWN = ("intent accuracy", "signs micro-F1", "signs macro-F1", "exact set of signs")
Points = dict[int, dict[str, Figures]]  # training messages -> held-out file -> figures


def say(text: str) -> None:
    """Prints a line of progress at once."""
    print(f"conch: {text}", file=sys.stderr, flush=True)


def tell(count: int, step: str) -> None:
    """Prints a step of a part's training."""
    say(f"{count} messages: {step}")


def network_in(model: Path) -> Recogniser:
    """The network of a trained Rasa model."""
    with tarfile.open(model) as archive, tempfile.TemporaryDirectory() as folder:
        for member in archive.getmembers():
            name = Path(member.name).name
            if name in (GRAPH, TOKENIZER, LABELS):
                (Path(folder) / name).write_bytes(archive.extractfile(member).read())
        return Recogniser.load(Path(folder))


def figures_of(recogniser: Recogniser, files: dict[str, list[Line]]) -> dict[str, Figures]:
    """Scores a network as Conch uses it: message, clauses, phrases and decision."""
    conch, neighbours, by_file = Understanding({}, None, None, recogniser), read_neighbours(), {}
    for name, lines in files.items():
        found = [conch.understand(line.text) for line in lines]
        understood = [Understood(d.intent, [sign.id for sign in d.signs], d.perspective) for d in found]
        by_file[name] = scored(lines, understood, neighbours)
    return by_file


def measure(parts: list[int], files: dict[str, list[Line]]) -> Points:
    """Trains and scores each part, and scores the model in place."""
    messages = read_data().intent_examples
    points: Points = {}
    for divisor in sorted(parts, reverse=True):
        count = len(messages) // divisor
        start = time.monotonic()
        examples = [read_example(message) for message in part(messages, count)]
        recogniser = train_on(examples, pairs_for(count, len(messages)), partial(tell, count))
        say(f"{count} messages: trained in {time.monotonic() - start:.0f} s")
        points[count] = figures_of(recogniser, files)
        say(f"so far\n{as_table(points)}")
    model = newest_model()
    if model is None:
        say("models/: no model, so no point for all messages: run `make train`")
    else:
        points[len(messages)] = figures_of(network_in(model), files)
    return points


def as_table(points: Points) -> str:
    """One line a part and a held-out file."""
    lines = [
        [str(count), name, *(cell(figures[figure]) for figure in SHOWN)]
        for count, by_file in points.items()
        for name, figures in by_file.items()
    ]
    return table(["training messages", "held-out lines", *SHOWN], lines)


def draw(points: Points, path: Path) -> Path:
    """One panel a held-out file, messages on a logarithmic axis, 95 % intervals as bands."""
    names = list(next(iter(points.values())))
    figure, panels = pyplot.subplots(1, len(names), figsize=(5.5 * len(names), 4.5), sharey=True, squeeze=False)
    counts = sorted(points)
    for panel, name in zip(panels[0], names):
        for shown in SHOWN:
            values = [points[count][name][shown] for count in counts]
            panel.plot(counts, [value[0] for value in values], marker="o", label=shown)
            panel.fill_between(counts, [value[1] for value in values], [value[2] for value in values], alpha=0.12)
        panel.set_xscale("log")
        panel.set_xticks(counts, [str(count) for count in counts])
        panel.minorticks_off()
        panel.grid(alpha=0.3)
        panel.set(title=name, xlabel="training messages", ylim=(0, 1))
    panels[0][0].legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
    return path


def main() -> None:
    """Measures, prints, draws."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", type=int, nargs="+", default=[8, 4, 2], help="8 is an eighth of the messages")
    parser.add_argument("--write", action="store_true", help="put table and picture into docs/benchmarks/")
    chosen = parser.parse_args()
    quiet_logs("ERROR")
    points = measure(chosen.parts, {path.name: read_lines(path) for path in sorted(HELD_OUT.glob("*.jsonl"))})
    text = as_table(points)
    print(text)
    folder = DOCUMENT.parent if chosen.write else ROOT / "results"
    folder.mkdir(parents=True, exist_ok=True)
    say(f"drawn: {draw(points, folder / 'learning_curve.png')}")
    if chosen.write:
        put_in("learning curve", text)


if __name__ == "__main__":
    main()
