"""The modules of the chat's script as one plain script, and what cannot be joined."""

import json
import shutil
from pathlib import Path

import pytest

from addons.channels.chat_page import WIDGET, Widget
from addons.channels.chat_script import Script, squeezed
from conch.directory import Directory

EXIT = "https://weather.example/"


@pytest.fixture
def widget(tmp_path: Path) -> Path:
    """A copy of widget/ that a test may break."""
    return Path(shutil.copytree(WIDGET, tmp_path / "widget"))


def script(folder: Path, **modules: str) -> Script:
    """A script of these modules."""
    for name, text in modules.items():
        (folder / f"{name}.mjs").write_text(text, "utf-8")
    return Script(folder)


def test_a_module_stands_once_and_after_what_it_imports(tmp_path: Path) -> None:
    joined = script(
        tmp_path,
        chat='import { b } from "./b.mjs";\nimport { a } from "./a.mjs";\nuse(a, b);\n',
        b='// A comment.\nimport { a } from "./a.mjs";\nexport const b = a + 1;\n',
        a="export const a = 1;\n",
    )
    assert joined.text == "(() => {\nconst a=1;\nconst b=a+1;\nuse(a,b);\n})();"


@pytest.mark.parametrize(
    "line",
    [
        'import a from "./a.mjs";',
        'import * as a from "./a.mjs";',
        'import { a as b } from "./a.mjs";',
        'import { a } from "https://example.org/a.mjs";',
        'import { a } from "../../secrets.mjs";',
        "export default 1;",
        "export { a };",
        'export * from "./a.mjs";',
    ],
)
def test_another_form_of_import_or_export_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"chat\.mjs:2: the only forms are"):
        script(tmp_path, chat=f"const x = 1;\n{line}\n", a="export const a = 1;\n")


def test_a_module_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.mjs: no such module"):
        script(tmp_path, chat='import { a } from "./gone.mjs";\n')


def test_a_name_that_two_modules_define_is_named_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"chat\.mjs:2: .*a\.mjs:1 defines two too"):
        script(tmp_path, chat='import { one } from "./a.mjs";\nconst two = 2;\n', a="export const { one, two } = X;\n")


def test_strings_and_patterns_keep_their_spaces() -> None:
    source = (
        '  const A = /a , b/g;\n  // gone: "x"\n\n  say("a , \\" ; b", x ? 1 : 2);\n  const f = (a) => { return a; };\n'
    )
    assert squeezed(source) == 'const A = /a , b/g;\nsay("a , \\" ; b",x?1:2);const f=(a)=>{return a;};'


def test_every_module_is_part_of_the_script() -> None:
    modules = {path.name for path in (WIDGET / "script").iterdir()}
    assert Script(WIDGET / "script").read == modules


def test_a_widget_without_its_gap_is_refused(widget: Path) -> None:
    (widget / "script" / "given.mjs").write_text("export const words = 1;\n", "utf-8")
    with pytest.raises(ValueError, match="one module must hold 'const GIVEN = null;'"):
        Widget(EXIT, widget)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[]", "'lang' must be there"),
        ('{"lang": "xx"}', "'dir' must be there"),
        (json.dumps({**json.loads((WIDGET / "strings.en.json").read_text("utf-8")), "opening": "x"}), "'opening' must"),
    ],
)
def test_strings_that_are_no_strings_are_named(widget: Path, text: str, said: str) -> None:
    (widget / "strings.xx.json").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=rf"strings\.xx\.json.*{said}"):
        Widget(EXIT, widget)


def test_the_script_holds_no_string_that_only_the_page_shows() -> None:
    widget = Widget(EXIT)
    text = widget.script(Directory().referrals, "en")
    assert json.dumps(widget.words["en"]["opening"][0]) in text
    assert widget.words["en"]["noscript"] not in text
