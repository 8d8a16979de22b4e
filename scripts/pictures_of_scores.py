"""Draws what is easier to see than to read: confused intents and calibration of the signs."""

from collections import Counter
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from scripts.scoring import Line

matplotlib.use("Agg")
from matplotlib import pyplot

MOST_INTENTS = 30  # the ones with most errors; the rest would be unreadable
BINS = 10


def draw_confusions(lines: list[Line], parsed: list[dict[str, Any]], path: Path) -> Path:
    """A matrix of right intent (rows) against understood intent (columns)."""
    pairs = Counter()
    for line, p in zip(lines, parsed):
        name = p["intent"]["name"]
        pairs[(name if name in line.intents else line.intents[0], name)] += 1
    errors = Counter()
    for (right, name), count in pairs.items():
        if right != name:
            errors[right] += count
            errors[name] += count
    names = sorted(name for name, _ in errors.most_common(MOST_INTENTS))
    matrix = np.array([[pairs[(right, name)] for name in names] for right in names])
    figure, axes = pyplot.subplots(figsize=(12, 11), layout="constrained")
    axes.imshow(np.log1p(matrix), cmap="Blues")
    for row, column in zip(*matrix.nonzero()):
        dark = matrix[row, column] > matrix.max() / 2
        axes.text(column, row, matrix[row, column], ha="center", va="center", color="white" if dark else "black")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set(xlabel="understood", ylabel="right", title="Intents that are confused")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
    return path


def draw_calibration(lines: list[Line], parsed: list[dict[str, Any]], path: Path) -> Path:
    """How often a sign found with some confidence is right."""
    confidence, right = [], []
    for line, p in zip(lines, parsed):
        for entity in p["entities"]:
            if entity["entity"] == "indicator":
                confidence.append(entity["confidence_entity"])
                right.append(entity["value"] in [*line.indicators, *line.indicators_ok])
    bins = np.minimum((np.array(confidence) * BINS).astype(int), BINS - 1)
    places = [b for b in range(BINS) if (bins == b).any()]
    shares = [np.array(right)[bins == b].mean() for b in places]
    counts = [int((bins == b).sum()) for b in places]
    figure, axes = pyplot.subplots(figsize=(6, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    axes.bar([(b + 0.5) / BINS for b in places], shares, width=0.8 / BINS)
    for b, value, count in zip(places, shares, counts):
        axes.text((b + 0.5) / BINS, value + 0.01, count, ha="center", fontsize=8)
    axes.set(xlabel="confidence of a sign", ylabel="share that is right", title="Calibration (count above each bar)")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
    return path


def draw_all(lines: list[Line], parsed: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Draws every picture into a folder."""
    folder.mkdir(exist_ok=True)
    return [
        draw_confusions(lines, parsed, folder / "confusions.png"),
        draw_calibration(lines, parsed, folder / "calibration.png"),
    ]
