"""Trains the model when training inputs changed: `python -m scripts.train [--force]`."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
STAMP = MODELS / "trained_on.sha256"
# Everything that a model depends on: what it learns, how, and from which packages.
INPUTS = ("config.yml", "domain.yml", "data", "addons/nlu", "addons/slots.py", "requirements.lock")


def fingerprint() -> str:
    """One hash over the names and contents of all training inputs."""
    total = hashlib.sha256()
    for name in INPUTS:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(str(file.relative_to(ROOT)).encode())
                total.update(file.read_bytes())
    return total.hexdigest()


def newest_model() -> Path | None:
    """The model that the server will load."""
    return max(MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)


def is_current() -> bool:
    """Whether the model was trained on what is in the folder now."""
    return newest_model() is not None and STAMP.exists() and STAMP.read_text() == fingerprint()


def train() -> None:
    """Trains with Rasa's own command and keeps only the new model."""
    print("conch: training the model (a few minutes; only when training inputs changed)", flush=True)
    stamp = fingerprint()
    environment = os.environ | {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "1",  # off by default on some processors, whose figures would then differ
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "WARNING",
    }
    fresh = MODELS / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [sys.executable, "-m", "rasa", "train", "--out", str(fresh), "--fixed-model-name", "conch"]
    if subprocess.run(command, cwd=ROOT, env=environment).returncode != 0:
        sys.exit("conch: training failed: the lines above say in which file")
    STAMP.unlink(missing_ok=True)
    (fresh / "conch.tar.gz").replace(MODELS / "conch.tar.gz")
    shutil.rmtree(fresh)
    STAMP.write_text(stamp)


if __name__ == "__main__":
    if "--force" in sys.argv[1:] or not is_current():
        train()
    else:
        print("conch: the model is current, nothing to train", flush=True)
