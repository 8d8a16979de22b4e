"""Joins the modules of widget/script/ into the one plain script that a page loads."""

import re
from pathlib import Path

FIRST = "chat.mjs"
IMPORT = re.compile(r'import \{ \w+(?:, \w+)* \} from "\./([\w-]+\.mjs)";')
EXPORT = re.compile(r"export (?=(?:const|class|function|async function) )")
DEFINITION = re.compile(r"(?:const|let|class|function|async function) (\w+|\{[\w, ]*\})")
FORMS = 'import { name } from "./file.mjs"; and export const, class or function'
KEPT = re.compile(r'("(?:[^"\\]|\\.)*"|^const \w+ = /.*;$)', re.MULTILINE)  # strings, and the one long pattern
SPACE = re.compile(r"\s*([{}()\[\],;:?=<>+&|])\s*")


def squeezed(source: str) -> str:
    """A module without whole-line comments, and without spaces where the language needs none."""
    lines = (line.strip() for line in source.splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith("//"))
    return "".join(part if at % 2 else SPACE.sub(r"\1", part) for at, part in enumerate(KEPT.split(text))).strip()


class Script:
    """All modules in one scope, each once and after those that it imports: `text`.

    Raises ValueError with file and line for what cannot be joined: a module that is missing, an
    import or export of another form, a name that two modules define.
    """

    def __init__(self, folder: Path, first: str = FIRST) -> None:
        self.folder = folder
        self.read: set[str] = set()
        self.parts: list[str] = []
        self.defined: dict[str, str] = {}  # name to its place
        self.add(first)
        self.text = "\n".join(["(() => {", *self.parts, "})();"])

    def add(self, module: str) -> None:
        """Adds what a module imports, then the module."""
        if module in self.read:
            return
        self.read.add(module)
        path = self.folder / module
        if not path.is_file():
            raise ValueError(f"{path}: no such module")
        kept = []
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if wanted := IMPORT.fullmatch(line):
                self.add(wanted[1])
            else:
                kept.append(self.plain(line, f"{path}:{number}"))
        self.parts.append(squeezed("\n".join(kept)))

    def plain(self, line: str, place: str) -> str:
        """A line without `export`, when nothing speaks against it."""
        line = EXPORT.sub("", line, count=1)
        if line.startswith(("import", "export")):
            raise ValueError(f"{place}: the only forms are {FORMS}")
        if found := DEFINITION.match(line):
            for name in re.findall(r"\w+", found[1]):
                if name in self.defined:
                    raise ValueError(f"{place}: modules share one scope, and {self.defined[name]} defines {name} too")
                self.defined[name] = place
        return line
