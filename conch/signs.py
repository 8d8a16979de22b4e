"""The names of the signs and what signs of one kind have in common: content/indicators.yml."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, Extra, ValidationError, root_validator

SIGNS_FILE = Path(__file__).resolve().parent.parent / "content" / "indicators.yml"


class SignsError(ValueError):
    """A file of signs that must not be served; the message names file and field."""


class Means(BaseModel):
    """Force, fraud, coercion, recruitment or exploitation."""

    name: str
    description: str

    class Config:
        """An unknown key is an error."""

        extra = Extra.forbid


class Sign(BaseModel):
    """One sign as a reply may list it."""

    name: str
    means: str
    description: str
    sources: list[str]
    review_by: date

    class Config:
        """An unknown key is an error."""

        extra = Extra.forbid


class Signs(BaseModel):
    """The whole file."""

    means: dict[str, Means]
    indicators: dict[str, Sign]

    class Config:
        """An unknown key is an error."""

        extra = Extra.forbid

    @root_validator(skip_on_failure=True)
    def knows_each_means(cls, values: dict) -> dict:
        """Every sign belongs to a means that is described."""
        for name, sign in values["indicators"].items():
            if sign.means not in values["means"]:
                raise ValueError(f"{name}: means: '{sign.means}' is not described under 'means'")
        return values


def read_signs(path: Path = SIGNS_FILE) -> Signs:
    """Reads and checks the signs."""
    try:
        return Signs(**yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValidationError) as error:
        raise SignsError(f"{path.name}: {error}") from error


@lru_cache(maxsize=1)
def signs() -> Signs:
    """The signs, read once."""
    return read_signs()
