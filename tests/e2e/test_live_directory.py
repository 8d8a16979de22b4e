"""An edit of the directory is live within seconds; a broken one takes no number away."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.referrals import assert_ends_with_referrals, core_numbers, words_of
from tests.e2e.servers import Rasa, start_actions, start_rasa

LIVE_WITHIN = 3.0
OLD, NEW, NEWER = "340-773-9272", "340-773-9281", "340-773-9282"
BROKEN = {
    "no YAML": "- id: [",
    "empty": "",
    "no list": "emergency: 911",
    "one record": "- id: emergency_911\n",
    "not UTF-8": "- id: \udcff",
    "a name twice": "- id: a\n  id: b\n",
}


@pytest.fixture
def copied(tree: Path, tmp_path: Path) -> Iterator[Rasa]:
    """The two servers, run from a copy whose directory may be edited."""
    actions = start_actions(tmp_path / "actions.log", cwd=tree)
    try:
        rasa = start_rasa(tmp_path / "rasa.log", cwd=tree, ACTIONS_PORT=actions.port)
        try:
            yield rasa
        finally:
            rasa.stop()
    finally:
        actions.stop()


def numbers_with(number: str) -> tuple[str, ...]:
    """The four numbers after the edit."""
    return tuple(number if old == OLD else old for old in core_numbers())


def ends_with(rasa: Rasa, number: str, message: str = "/ask_definition") -> bool:
    """Whether a reply ends with the number in place of the old one."""
    try:
        assert_ends_with_referrals(rasa.turn(message).json(), numbers_with(number))
    except AssertionError:
        return False
    return True


def wait_for(rasa: Rasa, number: str) -> float:
    """How long until replies end with a number."""
    start = time.monotonic()
    while not ends_with(rasa, number):
        assert time.monotonic() - start < 2 * LIVE_WITHIN, f"{number} is not live"
        time.sleep(0.1)
    return time.monotonic() - start


def test_an_edit_is_live_and_a_broken_one_is_refused(copied: Rasa, tree: Path, tmp_path: Path) -> None:
    contacts = tree / "content" / "contacts.yml"
    good = contacts.read_text("utf-8")
    assert ends_with(copied, OLD)

    contacts.write_text(good.replace(OLD, NEW), "utf-8")
    assert wait_for(copied, NEW) < LIVE_WITHIN
    answer = copied.request("/no/such/page")
    assert_ends_with_referrals(answer.json(), numbers_with(NEW))
    time.sleep(1)  # the action server looks once a second too
    assert NEW in words_of(copied.turn('/ask_local_services{"island":"st_croix"}').json()[:-1])
    assert ends_with(copied, NEW, "/ask_human")

    refused = 0
    for text in BROKEN.values():
        contacts.write_bytes(text.encode("utf-8", "surrogateescape"))
        time.sleep(1.1)
        for message in ("/ask_definition", "/ask_contacts", "/ask_human"):
            assert ends_with(copied, NEW, message)
        assert copied.output().count("Directory edit refused") > refused, "the fault is not in the log"
        refused = copied.output().count("Directory edit refused")

    contacts.unlink()
    time.sleep(1.1)
    assert ends_with(copied, NEW)
    referrals = tree / "content" / "referrals.yml"
    shutil.move(referrals, tmp_path / "referrals.yml")
    time.sleep(1.1)
    assert ends_with(copied, NEW)
    shutil.move(tmp_path / "referrals.yml", referrals)

    contacts.write_text(good.replace(OLD, NEWER), "utf-8")
    assert wait_for(copied, NEWER) < LIVE_WITHIN

    contacts.write_text(good.replace("status: active", "status: defunct", 1), "utf-8")  # 911 withdrawn by mistake
    time.sleep(1.1)
    assert ends_with(copied, NEWER)
    restarted = start_rasa(tmp_path / "restarted.log", cwd=tree, ready=False, MODEL=tmp_path / "none")
    try:
        assert ends_with(restarted, NEWER), "a restart with a broken directory lost the numbers"
        assert "serving the last good one" in restarted.output()
    finally:
        restarted.stop()
