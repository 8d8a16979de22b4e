"""A system that fails says why and stops nobody else; nothing goes on running."""

import json
import sys
from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from benchmarks.understanding import running, systems
from benchmarks.understanding.packages import PackagesError, install
from benchmarks.understanding.running import OtherMessages, last_line, prepare, run_system
from benchmarks.understanding.systems import SYSTEMS, System, command

READING = {"answers": [{"intent": "greet", "indicators": []}], "rss_mb": 1.0}
TRAINING = {"seconds": 1.0, "cpu_seconds": 1.0, "peak_mb": 1.0}


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A system "try" whose two steps are the given Python programs."""

    def set_up(train: str, read: str = "pass", **settings: object) -> Path:
        steps = {"train": train, "read": read}
        monkeypatch.setitem(SYSTEMS, "try", System("a try", **settings))
        monkeypatch.setattr(running, "command", lambda name, step, folder: [sys.executable, "-c", steps[step]])
        return tmp_path / "try"

    return set_up


def leave(path: Path, result: dict) -> str:
    return f"open({str(path)!r}, 'w').write({json.dumps(result)!r})"


def test_a_system_that_fails_is_kept_with_its_last_words(program) -> None:
    outcome = run_system("try", program("print('step 1'); raise SystemExit('no space left')"), lambda text: None)
    assert outcome.reading is None
    assert outcome.failure == "train ended with 1: no space left"


def test_a_system_that_fails_in_reading_keeps_what_its_training_took(program, tmp_path: Path) -> None:
    folder = program(leave(tmp_path / "try" / "train.json", TRAINING), "raise SystemExit('lost')")
    outcome = run_system("try", folder, lambda text: None)
    assert outcome.training.seconds == 1.0
    assert outcome.failure == "read ended with 1: lost"


def test_a_system_that_leaves_no_result_has_failed(program) -> None:
    assert "train.json" in run_system("try", program("pass"), lambda text: None).failure


def test_packages_that_cannot_be_had_are_a_reason(program) -> None:
    def prepare() -> None:
        raise PackagesError("npm is not on PATH")

    assert run_system("try", program("pass", prepare=prepare), lambda text: None).failure == "npm is not on PATH"


def test_progress_is_told_while_a_step_runs(program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "HEARTBEAT", 0.2)
    work = (
        f"import time; print('epoch 1', flush=True); time.sleep(1); {leave(tmp_path / 'try' / 'train.json', TRAINING)}"
    )
    told: list[str] = []
    outcome = run_system("try", program(work, leave(tmp_path / "try" / "read.json", READING)), told.append)
    assert not outcome.failure
    assert any("epoch 1" in line for line in told)


def test_a_model_that_is_there_already_is_not_trained(program, tmp_path: Path) -> None:
    folder = program("raise SystemExit('trained')", leave(tmp_path / "try" / "read.json", READING), trained=False)
    outcome = run_system("try", folder, lambda text: None)
    assert (outcome.training, outcome.failure) == (None, "")
    assert outcome.reading.answers[0].intent == "greet"


def test_what_is_trained_in_the_folder_is_not_trained_again(program, tmp_path: Path) -> None:
    folder = program("raise SystemExit('trained')", leave(tmp_path / "try" / "read.json", READING))
    folder.mkdir()
    (folder / "train.json").write_text(json.dumps(TRAINING))
    outcome = run_system("try", folder, lambda text: None)
    assert (outcome.training.seconds, outcome.failure) == (1.0, "")


def test_a_folder_of_systems_that_learned_from_other_messages_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = [Message({"text": f"hello {n}", "intent": "greet"}) for n in range(4)]
    monkeypatch.setattr(running, "read_data", lambda: TrainingData(messages))
    prepare(tmp_path, 2, ["a text"])
    prepare(tmp_path, 2, ["another text"])
    assert json.loads((tmp_path / "texts.json").read_text()) == ["another text"]
    before = (tmp_path / "training.yml").read_text()
    with pytest.raises(OtherMessages, match="give another --folder"):
        prepare(tmp_path, 3, ["a text"])
    assert (tmp_path / "training.yml").read_text() == before


def test_the_last_line_of_a_progress_bar_is_what_stands_there(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("begun\nEpochs 1\rEpochs 2\r\n\n")
    assert last_line(tmp_path / "log") == "Epochs 2"
    (tmp_path / "log").write_text("")
    assert last_line(tmp_path / "log") == "it said nothing"


def test_every_system_has_a_command_and_its_own_process() -> None:
    commands = [command(name, "train", Path("folder")) for name in SYSTEMS]
    assert all(len(words) >= 4 for words in commands)
    assert {words[0] for words in commands} == {sys.executable, "node"}


@pytest.mark.parametrize("name", [name for name, system in SYSTEMS.items() if system.trained and name != "nlpjs"])
def test_every_system_that_learns_has_a_trainer(name: str) -> None:
    assert callable(systems.trainer(name))


def test_an_installation_that_fails_names_command_and_reason_and_is_tried_again(tmp_path: Path) -> None:
    pin = tmp_path / "pins.lock"
    pin.write_text("one==1.0")
    failing = [sys.executable, "-c", "raise SystemExit('no such package')"]
    with pytest.raises(PackagesError, match="no such package"):
        install(tmp_path / "packages", [pin], failing)
    install(tmp_path / "packages", [pin], [sys.executable, "-c", "open('ready', 'w')"])
    assert (tmp_path / "packages" / "ready").exists()


def test_an_installation_is_made_once_for_each_state_of_its_pins(tmp_path: Path) -> None:
    pin, count = tmp_path / "pins.lock", [sys.executable, "-c", "open('../count', 'a').write('x')"]
    for content in ("one==1.0", "one==1.0", "one==2.0"):
        pin.write_text(content)
        install(tmp_path / "packages", [pin], count)
    assert (tmp_path / "count").read_text() == "xx"
