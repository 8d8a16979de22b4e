"""Puts what a command measured into docs/benchmarks/understanding.md, between two marks of its own."""

from pathlib import Path

from conch.settings import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks" / "understanding.md"


class MarksError(RuntimeError):
    """The document does not say where the figures belong."""


def put_in(name: str, text: str, document: Path = DOCUMENT) -> None:
    """Replaces everything between `<!-- begin NAME -->` and `<!-- end NAME -->`."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    content = document.read_text("utf-8")
    before, first, rest = content.partition(begin)
    _, second, after = rest.partition(end)
    if not (first and second):
        raise MarksError(f"{document}: put the lines {begin} and {end} where the figures belong")
    document.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", "utf-8")
