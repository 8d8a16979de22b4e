"""Set-up finds Python 3.10 where it is, runs only when needed, and says what to do when it cannot."""

import os
import sys
from pathlib import Path

import pytest

from scripts import bootstrap
from scripts.bootstrap import LOCKS, ROOT, find_python, is_current, is_wanted, wanted_stamp


def executable(path: Path, status: int = 0, answer: str = "") -> str:
    """A program that answers every question alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{answer}\nexit {status}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any Python but those that a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.delenv("PYTHON310", raising=False)
    usual = bootstrap.is_wanted
    here = lambda python: python.startswith(str(tmp_path)) and usual(python)  # noqa: E731
    monkeypatch.setattr(bootstrap, "is_wanted", here)
    return tmp_path


def test_nothing_is_found_on_a_bare_machine(machine: Path) -> None:
    assert find_python() is None


@pytest.mark.parametrize("name", ["python3.10", "python3", "python"])
def test_it_is_found_on_the_path(machine: Path, name: str) -> None:
    wanted = executable(machine / "bin" / name)
    assert find_python() == wanted


def test_the_one_that_is_named_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(machine / "bin" / "python3.10")
    monkeypatch.setenv("PYTHON310", executable(machine / "mine" / "python"))
    assert find_python() == os.environ["PYTHON310"]


def test_a_named_one_that_is_wrong_is_passed_over(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON310", str(machine / "missing"))
    wanted = executable(machine / "bin" / "python3.10")
    assert find_python() == wanted


def test_a_shim_that_does_not_answer_is_passed_over(machine: Path) -> None:
    executable(machine / "bin" / "python3.10", status=127)
    wanted = executable(machine / "pyenv" / "versions" / "3.10.13" / "bin" / "python")
    assert find_python() == wanted


def test_another_version_is_passed_over(machine: Path) -> None:
    executable(machine / "bin" / "python3", status=1)
    executable(machine / "pyenv" / "versions" / "3.11.4" / "bin" / "python")
    assert find_python() is None


def test_only_a_whole_python_of_the_right_version_is_wanted(machine: Path) -> None:
    assert is_wanted(sys.executable)
    assert not is_wanted(str(machine / "missing"))
    assert not is_wanted(executable(machine / "no_ssl", status=1))
    (machine / "no_program").write_text("x")
    assert not is_wanted(str(machine / "no_program"))


def test_a_python_that_hangs_is_not_waited_for(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*arguments: object, **settings: object) -> None:
        assert settings["timeout"] <= 60
        raise bootstrap.subprocess.TimeoutExpired("python", 30)

    monkeypatch.setattr(bootstrap.subprocess, "run", hang)
    assert not is_wanted("python3.10")


def test_without_a_python_the_message_says_what_to_do(machine: Path) -> None:
    installer = executable(machine / "uv", answer="echo")
    with pytest.raises(SystemExit) as end:
        bootstrap.python_for_venv(installer)
    assert "PYTHON310=" in str(end.value)
    assert "install" in str(end.value)


def test_uv_brings_a_python_where_none_is(machine: Path) -> None:
    managed = executable(machine / "managed" / "python")
    installer = executable(machine / "uv", answer=f"echo {managed}")
    assert bootstrap.python_for_venv(installer) == managed


def test_a_step_that_fails_is_named(machine: Path, capfd: pytest.CaptureFixture) -> None:
    program = executable(machine / "step", status=3)
    with pytest.raises(SystemExit, match=r"conch: installing packages failed: .*step"):
        bootstrap.run([program, "--all"], "installing packages")


def test_steps_may_write_byte_code(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    bootstrap.run([executable(machine / "step", answer='[ -z "$PYTHONDONTWRITEBYTECODE" ] || exit 1')], "a step")


@pytest.mark.parametrize(
    ("holds", "run", "test"), [("run", True, False), ("test", True, True), ("old", False, False), (None, False, False)]
)
def test_the_environment_is_built_only_when_it_must(
    machine: Path, monkeypatch: pytest.MonkeyPatch, holds: str | None, run: bool, test: bool
) -> None:
    stamp = machine / "lock.sha256"
    monkeypatch.setattr(bootstrap, "STAMP", stamp)
    monkeypatch.setattr(bootstrap, "VENV", machine / "venv")
    executable(machine / "venv" / "bin" / "python")
    if holds:
        stamp.write_text(wanted_stamp(holds) if holds in LOCKS else "run 0")
    assert (is_current("run"), is_current("test")) == (run, test)


def test_an_environment_whose_python_is_gone_is_built_again(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "STAMP", machine / "lock.sha256")
    monkeypatch.setattr(bootstrap, "VENV", machine / "venv")
    (machine / "lock.sha256").write_text(wanted_stamp("run"))
    assert not is_current("run")


def test_nothing_is_done_when_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "is_current", lambda kind: True)
    monkeypatch.setattr(bootstrap, "uv", lambda: pytest.fail("nothing needs to be installed"))
    bootstrap.bootstrap("run")


def test_set_up_needs_nothing_but_the_standard_library() -> None:
    imported = [
        line.split()[1]
        for line in (ROOT / "scripts/bootstrap.py").read_text().splitlines()
        if line[:4] in ("impo", "from")
    ]
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
