"""What every measurement says of itself: progress lines, and the machine that it ran on."""

from __future__ import annotations

import platform
import sys
from pathlib import Path


def say(text: str) -> None:
    """Prints a line of progress at once."""
    print(f"conch: {text}", file=sys.stderr, flush=True)


def processor() -> str:
    """The processor's name."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
