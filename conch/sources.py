"""Where facts come from: content/sources.yml and the references to it."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, Extra

SOURCES_FILE = Path(__file__).resolve().parent.parent / "content" / "sources.yml"


class Citation(BaseModel):
    """A reference to a source, with the place in it."""

    source: str
    locator: str | None

    class Config:
        """An unknown key is an error."""

        extra = Extra.forbid
        allow_mutation = False


class Source(BaseModel):
    """A document that the project cites."""

    title: str
    publisher: str
    url: str
    published: str
    accessed: str

    class Config:
        """An unknown key is an error."""

        extra = Extra.forbid
        allow_mutation = False


def read_sources(path: Path = SOURCES_FILE) -> dict[str, Source]:
    """Reads every source by its id."""
    records = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
    return {name: Source(**record) for name, record in records.items()}


@lru_cache(maxsize=1)
def known_sources() -> frozenset[str]:
    """The ids of all sources, read once."""
    return frozenset(read_sources())
