"""Whatever a handler or a channel does, the last message of a turn names 911 and the hotlines."""

import asyncio
from collections.abc import Awaitable, Callable
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput as RasaRestInput
from sanic import Blueprint

from addons import server
from addons.channels import guarantee as module
from addons.channels.guarantee import MOST_MESSAGES, Guarantee, GuardedInput, Handler
from addons.channels.rest import RestInput
from conch.directory import Directory
from tests.channels.conftest import Recorder, names_all

Step = Callable[[UserMessage], Awaitable[None]]
FAILURES = [Exception, SystemExit, KeyboardInterrupt, RecursionError, MemoryError, asyncio.CancelledError]


def raises(kind: type[BaseException]) -> Step:
    """A step that fails."""

    async def step(message: UserMessage) -> None:
        raise kind

    return step


def says(**reply: object) -> Step:
    """A step that sends a message."""

    async def step(message: UserMessage) -> None:
        await message.output_channel.send_response(message.sender_id, dict(reply))

    return step


async def hangs(message: UserMessage) -> None:
    """A step that never ends."""
    await asyncio.sleep(3600)


async def ignores_its_end(message: UserMessage) -> None:
    """A step that goes on and speaks when its time is up."""
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        await says(text="late")(message)
        await asyncio.sleep(0.2)
        await says(text="later")(message)


async def recurses(message: UserMessage) -> None:
    """A step without an end of another kind."""
    await recurses(message)


async def speaks_afterwards(message: UserMessage) -> None:
    """A step that leaves something behind that speaks later."""

    async def later() -> None:
        await asyncio.sleep(0.02)
        await says(text="afterwards")(message)

    message.left_behind = asyncio.ensure_future(later())


async def says_the_block(message: UserMessage) -> None:
    """A step that does what the guarantee would do."""
    await says(text="Call 911, 340-773-9272, 340-776-7867 or 1-888-373-7888.")(message)


def steps(*parts: Step) -> Handler:
    """A handler that does one thing after the other."""

    async def handler(message: UserMessage) -> None:
        for part in parts:
            await part(message)

    return handler


async def turn(
    handler: Handler, directory: Directory, text: str = "hello", channel: Recorder | None = None, deadline: float = 0.05
) -> Recorder:
    """One message through the guarantee, and a moment for whatever comes late."""
    channel = channel or Recorder()
    with patch.object(module, "DEADLINE", deadline), patch.object(module, "CLOSING", deadline):
        await Guarantee(handler, directory)(UserMessage(text, channel, "you", input_channel="rest"))
        await asyncio.sleep(0)
    return channel


@pytest.mark.parametrize("kind", FAILURES)
async def test_a_handler_that_fails(directory: Directory, kind: type[BaseException]) -> None:
    channel = await turn(raises(kind), directory)
    assert len(channel.sent) == 2
    assert channel.texts[0].startswith("Something went wrong")
    assert names_all(channel.texts[-1])


@pytest.mark.parametrize("kind", FAILURES)
async def test_a_handler_that_fails_after_an_answer(directory: Directory, kind: type[BaseException]) -> None:
    channel = await turn(steps(says(text="An answer."), raises(kind)), directory)
    assert channel.texts[0] == "An answer."
    assert len(channel.sent) == 2
    assert names_all(channel.texts[-1])


@pytest.mark.parametrize("handler", [hangs, ignores_its_end, recurses])
async def test_a_handler_without_an_end(directory: Directory, handler: Handler) -> None:
    channel = await asyncio.wait_for(turn(handler, directory), 2)
    await asyncio.sleep(0.3)
    assert len(channel.sent) == 2
    assert names_all(channel.texts[-1])


async def test_nothing_is_said_after_the_block(directory: Directory) -> None:
    channel = await turn(speaks_afterwards, directory)
    await asyncio.sleep(0.1)
    assert names_all(channel.texts[-1])
    assert "afterwards" not in channel.texts


async def test_a_handler_that_says_nothing(directory: Directory) -> None:
    channel = await turn(steps(), directory)
    assert channel.texts[0].startswith("Something went wrong")
    assert names_all(channel.texts[-1])


@pytest.mark.parametrize("reply", [{"buttons": [{"title": "a", "payload": "/a"}]}, {"text": ""}, {"text": 7}, {}])
async def test_a_message_without_words_does_not_count(directory: Directory, reply: dict) -> None:
    channel = await turn(says(**reply), directory)
    assert len(channel.sent) == 2
    assert all(channel.texts)
    assert names_all(channel.texts[-1])


async def test_a_picture_is_passed_on(directory: Directory) -> None:
    channel = await turn(says(image="https://example.org/a.png", buttons=[1]), directory)
    assert channel.sent[0] == {"image": "https://example.org/a.png"}
    assert names_all(channel.texts[-1])


async def test_a_sentence_that_is_repeated_is_said_once(directory: Directory) -> None:
    channel = await turn(steps(says(text="I did not understand."), says(text="I did not understand.")), directory)
    assert channel.sent[0]["text"] == "I did not understand."
    assert len(channel.sent) == 2


async def test_a_handler_that_loops_is_cut(directory: Directory) -> None:
    channel = await turn(steps(*[says(text=f"Answer {n}.") for n in range(50)]), directory)
    assert len(channel.sent) == MOST_MESSAGES + 1
    assert names_all(channel.texts[-1])


async def test_the_block_is_not_said_twice(directory: Directory) -> None:
    channel = await turn(steps(says(text="An answer."), says_the_block), directory)
    assert len(channel.sent) == 2


async def test_the_block_is_said_again_when_it_was_not_last(directory: Directory) -> None:
    channel = await turn(steps(says_the_block, says(text="One thing more.")), directory)
    assert len(channel.sent) == 3
    assert names_all(channel.texts[-1])


async def test_the_block_carries_what_a_telephone_dials(directory: Directory) -> None:
    channel = await turn(says(text="An answer."), directory)
    assert [line["dial"] for line in channel.sent[-1]["referrals"]] == [
        "911",
        "+13407739272",
        "+13407767867",
        "+18883737888",
    ]


@pytest.mark.parametrize("fails_at", [{1}, {2}, {1, 2}, {1, 3}])
async def test_a_channel_that_fails_now_and_then(directory: Directory, fails_at: set[int]) -> None:
    channel = await turn(says(text="An answer."), directory, channel=Recorder(fails_at))
    assert names_all(channel.texts[-1])


async def test_a_channel_that_always_fails_is_loud_and_harms_nobody(
    directory: Directory, caplog: pytest.LogCaptureFixture
) -> None:
    channel = await turn(says(text="An answer."), directory, channel=Recorder(range(100)))
    assert channel.sent == []
    assert "CRITICAL" in {record.levelname for record in caplog.records}


async def test_a_channel_that_hangs_does_not_hold_the_turn(directory: Directory) -> None:
    class Stuck(Recorder):
        async def send_response(self, recipient_id: str, message: dict) -> None:
            await asyncio.sleep(3600)

    await asyncio.wait_for(turn(says(text="An answer."), directory, channel=Stuck()), 2)


async def test_a_directory_that_cannot_be_read_again(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("disk gone")

    monkeypatch.setattr(directory, "refresh", fail)
    assert names_all((await turn(says(text="An answer."), directory)).texts[-1])


async def test_words_of_a_message_never_reach_the_log(directory: Directory, caplog: pytest.LogCaptureFixture) -> None:
    async def tells(message: UserMessage) -> None:
        raise ValueError(message.text)

    await turn(tells, directory, "a secret story", channel=Recorder(range(100)))
    assert caplog.records
    assert "secret" not in caplog.text


async def test_a_visitor_who_leaves_ends_the_turn(directory: Directory) -> None:
    channel = Recorder()
    message = UserMessage("hello", channel, "you", input_channel="rest")
    task = asyncio.ensure_future(Guarantee(hangs, directory)(message))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names_all(channel.texts[-1])


async def test_turns_of_one_sender_wait_for_each_other_and_others_do_not(directory: Directory) -> None:
    order = []

    async def handler(message: UserMessage) -> None:
        order.append(f"{message.sender_id} begins")
        await asyncio.sleep(0.01)
        order.append(f"{message.sender_id} ends")

    guarantee = Guarantee(handler, directory)
    senders = ["a", "a", "b"]
    await asyncio.gather(*[guarantee(UserMessage("hi", Recorder(), s, input_channel="rest")) for s in senders])
    of_a = [line for line in order if line.startswith("rest-a")]
    assert of_a == ["rest-a begins", "rest-a ends"] * 2
    assert order.index("rest-b begins") < order.index("rest-a ends")
    assert not guarantee.turns


async def test_a_child_gets_the_line_for_children(directory: Directory) -> None:
    assert "1-800-843-5678" in (await turn(steps(), directory, "i'm 15 and scared")).texts[-1]
    assert "1-800-843-5678" not in (await turn(steps(), directory, "hello")).texts[-1]


async def test_the_block_speaks_the_language_of_the_message(directory: Directory) -> None:
    channel = await turn(steps(), directory, "hola, necesito ayuda por favor")
    assert "Puede llamar" in channel.texts[-1]
    assert names_all(channel.texts[-1])


BEHAVIOURS = st.sampled_from(
    [
        says(text="An answer."),
        says(text="Call 911."),
        says(text=""),
        says(buttons=[{"title": "a", "payload": "/a"}]),
        says(text=7),
        says_the_block,
        speaks_afterwards,
        ignores_its_end,
        hangs,
        *map(raises, FAILURES),
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(), max_size=80), st.lists(BEHAVIOURS, max_size=6), st.sets(st.integers(1, 3), max_size=1))
def test_any_text_and_any_behaviour(directory: Directory, text: str, parts: list[Step], fails_at: set[int]) -> None:
    channel = asyncio.run(turn(steps(*parts), directory, text, Recorder(fails_at), deadline=0.005))
    assert names_all(channel.texts[-1])


@settings(max_examples=50, deadline=None)
@given(st.none() | st.integers() | st.binary() | st.lists(st.text()), st.none() | st.integers() | st.lists(st.text()))
def test_any_kind_of_message(directory: Directory, text: object, sender: object) -> None:
    channel = Recorder()
    message = UserMessage("x", channel, "x", input_channel="rest")
    message.text, message.sender_id = text, sender
    asyncio.run(Guarantee(says(text="An answer."), directory)(message))
    assert names_all(channel.texts[-1])


def test_a_channel_cannot_hand_out_the_bare_handler() -> None:
    with pytest.raises(TypeError, match="routes"):

        class Bare(GuardedInput):
            def blueprint(self, on_new_message: Handler) -> Blueprint:
                return Blueprint("bare")


def test_routes_receive_the_guarantee(monkeypatch: pytest.MonkeyPatch, directory: Directory) -> None:
    given_to_routes = []

    class Channel(GuardedInput):
        def routes(self, handle: Handler) -> Blueprint:
            given_to_routes.append(handle)
            return Blueprint("channel")

    monkeypatch.setattr(GuardedInput, "directory", directory)
    monkeypatch.setattr(GuardedInput, "guarantees", [])
    Channel().blueprint(hangs)
    assert isinstance(given_to_routes[0], Guarantee)
    assert GuardedInput.guarantees == given_to_routes


def test_the_server_starts_no_other_channel() -> None:
    guarded = RestInput()
    assert server.only_guarded([guarded]) == [guarded]
    for channels in ([RasaRestInput()], [guarded, RasaRestInput()], []):
        with pytest.raises(SystemExit, match="unguarded channel"):
            server.only_guarded(channels)
