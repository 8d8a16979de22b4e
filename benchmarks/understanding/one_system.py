"""One step of one system, in a process of its own: `... one_system NAME train|read FOLDER`.

Leaves train.json or read.json in the folder; the training files and texts.json stand above it.
"""

import json
import sys
from pathlib import Path

from benchmarks.understanding.answers import timed_reading, timed_training, write
from benchmarks.understanding.systems import SYSTEMS, reader, trainer
from conch.settings import quiet_logs


def main(name: str, step: str, folder: Path) -> None:
    """Trains, or reads every text."""
    quiet_logs("INFO" if step == "train" else "ERROR")  # Rasa shows its epochs only where it may say something
    if step == "train":
        train = trainer(name)
        training = folder.parent / SYSTEMS[name].training
        write(folder / "train.json", timed_training(lambda: train(training, folder)))
    else:
        texts = json.loads((folder.parent / "texts.json").read_text("utf-8"))
        write(folder / "read.json", timed_reading(reader(name, folder), texts))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
