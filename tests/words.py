"""The project's response files, as the tests read them."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
Responses = dict[str, list[dict[str, Any]]]


def read(folder: Path) -> Responses:
    """Every response below a folder; one that is written twice is an error."""
    found: Responses = {}
    for path in sorted(folder.rglob("*.yml")):
        for name, variations in (yaml.safe_load(path.read_text("utf-8")).get("responses") or {}).items():
            assert name not in found, f"{name} is written twice, the second time in {path.name}"
            found[name] = variations
    return found


@lru_cache(maxsize=1)
def responses() -> Responses:
    """The English responses."""
    return read(ROOT / "data" / "responses")
