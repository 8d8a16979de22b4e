"""The soak counts what is lost as lost, finds what is kept, and sends the same for the same seed."""

import asyncio
import contextlib
import json
import time
from pathlib import Path
from random import Random

import psycopg2
import pytest
import redis

from benchmarks.soak import canary
from benchmarks.soak.bodies import BESIDE, SHAPES, encoded, odd, of_messenger, proper
from benchmarks.soak.people import Watch, ends_with_numbers
from benchmarks.soak.report import draw, report, shortcomings
from benchmarks.soak.tally import Disturbance, Tally, Turn
from benchmarks.soak.texts import CHANGES, Texts, examples
from scripts.local_stores import Postgres, Redis
from tests.e2e.referrals import core_numbers
from tests.fake_graph import Call, FakeGraph

NUMBERS = " ".join(core_numbers())
WRITTEN = ["my boss keeps my passport", "what are the signs"]


def turn(at: float = 0.0, seconds: float = 0.1, is_answered: bool = True, channel: str = "rest") -> Turn:
    return Turn(at, channel, 200, seconds, True, is_answered)


def texts(seed: str) -> list[str]:
    made = Texts(Random(seed), "xqcanary", WRITTEN)
    return [made.next() for _ in range(300)]


def test_the_same_seed_gives_the_same_texts() -> None:
    assert texts("7/0") == texts("7/0")
    assert texts("7/0") != texts("7/1")


def test_texts_are_ordinary_and_odd_and_some_carry_the_canary() -> None:
    made = texts("1")
    assert set(made) & set(WRITTEN)
    assert any("\x00" in text for text in made)
    assert 10 < sum(text.endswith("xqcanary") for text in made) < 60


@pytest.mark.parametrize("place", range(len(CHANGES)))
def test_every_change_of_any_example_can_be_sent(place: int) -> None:
    for text in [*WRITTEN, "a"]:
        changed = CHANGES[place](text, Random(place))
        assert json.loads(proper("somebody", changed))["message"] == changed


def test_every_odd_shape_can_be_sent() -> None:
    assert all(isinstance(encoded(shape("somebody", "hello")), bytes) for shape in SHAPES)
    assert len({odd("somebody", "hello", Random(seed)) for seed in range(200)}) == len(SHAPES)


def test_every_delivery_holds_an_event_that_must_be_answered() -> None:
    for seed in range(200):
        delivered = json.loads(of_messenger("5" * 16, "hello", Random(seed)))
        events = [event for entry in delivered["entry"] for event in entry["messaging"]]
        beside = [json.loads(json.dumps(make("5" * 16, "hello"))) for make in BESIDE]
        assert [event for event in events if event not in beside]


def test_the_examples_have_no_marks(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(
        "nlu:\n- intent: x\n  examples: |\n    - they [took it](indicator:isolation) all\n"
    )
    assert examples(tmp_path) == ["they took it all"]
    with pytest.raises(FileNotFoundError, match="no training messages"):
        examples(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("body", "is_told"),
    [
        (json.dumps([{"text": "hello"}, {"text": NUMBERS}]), True),
        (json.dumps([{"text": NUMBERS}, {"text": "hello"}]), False),
        (json.dumps([{"text": NUMBERS[:-4]}]), False),
        ("[]", False),
        ("{}", False),
        ("[5]", False),
        ("", False),
        ("<html>", False),
    ],
)
def test_only_an_answer_that_ends_with_the_numbers_counts(body: str, is_told: bool) -> None:
    assert ends_with_numbers(body.encode()) is is_told


def test_a_turn_without_the_numbers_is_lost() -> None:
    tally = Tally([turn(), turn(is_answered=False)])
    assert tally.lost() == [turn(is_answered=False)]
    assert shortcomings(tally)[0] == "1 turns without the numbers"
    assert "**Failed**: 1 turns without the numbers" in report(tally, "how")


def test_what_a_killed_assistant_held_is_told_by_itself() -> None:
    held, before, after = (turn(at, 60.0, is_answered=False, channel="messenger") for at in (9.0, -30.0, 11.0))
    over_rest = turn(9.0, 60.0, is_answered=False)
    tally = Tally([held, before, after, over_rest], [Disturbance("assistant", "kill", 10.0, 20.0)])
    assert tally.gone_with_a_process() == [held]
    assert tally.lost() == [before, after, over_rest]
    assert "no turn lost, 1 gone with a killed assistant" in report(Tally([held], tally.disturbances), "how")
    for part, kind in (("assistant", "freeze"), ("Redis", "kill")):
        tally.disturbances = [Disturbance(part, kind, 10.0, 20.0)]
        assert len(tally.lost()) == 4


def test_a_process_that_ends_by_itself_fails() -> None:
    killed = [Disturbance("Redis", "kill", 0.0, 1.0), Disturbance("Redis", "freeze", 2.0, 3.0)]
    assert shortcomings(Tally([turn()], killed, restarts=1)) == []
    assert shortcomings(Tally([turn()], killed, restarts=2)) == ["1 processes ended that nobody had killed"]


def test_growing_memory_fails_and_flat_memory_does_not() -> None:
    for step, is_fine in ((0.0, True), (10.0, False)):
        tally = Tally([turn()], memory=[(at, {"assistant": 100.0 + step * at}) for at in range(20)])
        assert (not shortcomings(tally)) is is_fine


def test_what_was_kept_fails() -> None:
    assert "kept what nobody may keep: a file: a word" in shortcomings(Tally([turn()], found=["a file: a word"]))


def test_turns_are_told_apart_by_faults() -> None:
    tally = Tally([turn(1.0, 0.1), turn(10.0, 0.5)], [Disturbance("Redis", "freeze", 9.0, 12.0)])
    assert tally.calm("rest") == [100.0]
    assert tally.disturbed("rest", "Redis", "freeze") == [500.0]
    assert tally.disturbed("rest", "Redis", "kill") == []
    assert tally.statuses("rest") == {200: 2}
    assert "| Redis | freeze | 1 | 3 | 500 (5.0) | - | - |" in report(tally, "how")


def test_the_search_finds_a_word_in_any_letter_case(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "rows").write_bytes(b"\x00\x01before XQcanary after\xff")
    (tmp_path / "log").write_text("nothing")
    assert canary.search(tmp_path, ["xqCanary", "other"]) == [f"{tmp_path / 'base' / 'rows'}: xqcanary"]
    assert canary.search(tmp_path, ["other"]) == []


def test_what_the_stores_hold_is_found_however_it_is_kept() -> None:
    kept = json.dumps({"text": "xqcanary", "more": "again and again " * 1000})
    with Redis() as memory, Postgres() as database:
        redis.Redis.from_url(memory.url).set("a", kept)
        canary.write_out_redis(memory.url)
        assert any("xqcanary" in found for found in canary.search(memory.folder, ["xqcanary"]))
        with contextlib.closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT %s::text AS state", (kept,))
            connection.commit()
        assert canary.in_rows(database.url, ["other", "XQcanary"]) == ["table kept: XQcanary"]


def test_only_accepted_messages_with_all_numbers_end_a_turn_on_messenger() -> None:
    long_ago = time.monotonic() - 10
    graph = FakeGraph()
    graph.calls = [
        Call("ann", "message", {"text": "hello"}, long_ago),
        Call("ann", "message", {"text": NUMBERS}, long_ago, code=100),
        Call("ann", "typing_on", {}, long_ago),
    ]
    watch = Watch(graph)
    assert asyncio.run(watch.more_than("ann", 0, 0.1)) is False
    graph.calls.append(Call("ann", "message", {"text": NUMBERS}, long_ago))
    assert asyncio.run(watch.more_than("ann", 0, 0.1)) is True


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    tally = Tally([turn()], [Disturbance("Redis", "kill", 0.0, 1.0)], [(0.0, {"Redis": 3.0})])
    assert draw(tally, tmp_path / "soak.png").stat().st_size > 1000
