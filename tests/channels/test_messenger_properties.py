"""Any shape of event: never a 5xx for signed input, never a reply without the referrals, never to an echo."""

import json
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage

from conch.directory import Directory
from tests.channels.conftest import names_all
from tests.channels.messenger_webhook import webhook
from tests.fake_graph import FakeGraph
from tests.messenger import PAGE, attached, delivery, echo, event, picked, said, signed, tapped

PEOPLE = ("5550000000000001", "5550000000000002")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["mid", "text", "id", "is_echo", "app_id", "payload", "attachments", "type", "title", "x"]),
        inner,
        max_size=4,
    ),
    max_leaves=10,
)
PEOPLE_OF = st.sampled_from(PEOPLE)
SAID = st.one_of(
    st.builds(said, PEOPLE_OF, st.text(max_size=60)),
    st.builds(tapped, PEOPLE_OF, st.sampled_from(["/greet", "/restart", "", "X" * 2000])),
    st.builds(picked, PEOPLE_OF, st.sampled_from(["/greet", "/restart"])),
    st.builds(attached, PEOPLE_OF, st.sampled_from(["image", "audio", "location", "sticker", "fallback", "new"])),
)
ECHOES = st.builds(echo, PEOPLE_OF, st.sampled_from([None, 1, "2"]), metadata=st.sampled_from(["conch", "", None]))
NAMES = ["message", "postback", "read", "reaction", "message_edit", "sender", "recipient", "timestamp", "standby"]


@st.composite
def bent(draw: st.DrawFn) -> dict[str, Any]:
    """A sound event of which some parts are replaced by anything."""
    found = dict(draw(SAID | ECHOES | st.just(event(PEOPLE[0]))))
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=2)):
        found[name] = draw(ANYTHING)
    if isinstance(found.get("message"), dict):
        found["message"] = found["message"] | draw(
            st.dictionaries(st.sampled_from(["text", "mid", "is_echo"]), ANYTHING)
        )
    return found


EVENTS = st.lists(SAID | ECHOES | bent() | ANYTHING, max_size=5)
ENTRIES = st.lists(
    st.fixed_dictionaries({"id": st.just(PAGE) | ANYTHING, "messaging": EVENTS | ANYTHING})
    | st.fixed_dictionaries({"id": st.just(PAGE), "standby": EVENTS})
    | ANYTHING,
    max_size=3,
)
DELIVERIES = st.fixed_dictionaries({"object": st.just("page"), "entry": ENTRIES}) | ANYTHING
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


async def sometimes(message: UserMessage) -> None:
    """A handler that fails for some texts, and answers or is silent for others."""
    kind = len(message.text or "") % 3
    if kind == 0:
        raise RuntimeError("a part is gone")
    if kind == 1:
        await message.output_channel.send_response(message.sender_id, {"text": "An answer."})


def assert_every_reply_ends_with_the_numbers(graph: FakeGraph) -> None:
    """What a person got ends with the block, and so does each turn before."""
    for psid in {call.psid for call in graph.calls}:
        calls = [call for call in graph.calls if call.psid == psid]
        turns: list[list[str]] = []
        for call in calls:
            if call.what == "mark_seen" and (not turns or turns[-1]):
                turns.append([])
            elif call.what == "message" and turns:
                turns[-1].append(call.text)
        assert all(names_all(texts[-1]) for texts in turns), turns


@FEW
@given(value=DELIVERIES)
async def test_any_signed_delivery(directory: Directory, value: Any) -> None:
    with FakeGraph(wrote=dict.fromkeys(PEOPLE, time.time())) as graph:
        async with webhook(directory, graph, sometimes) as hook:
            body = json.dumps(value).encode()
            status, _ = await hook.request("POST", body, signed(body))
            assert status == 200
            await hook.rest()
            assert_every_reply_ends_with_the_numbers(graph)
            assert {call.psid for call in graph.tried()} <= {*PEOPLE, *graph_ids(value)} - {PAGE}


def graph_ids(value: Any) -> set[str]:
    """Every text or number in a value, each of which might be somebody's id."""
    if isinstance(value, dict):
        return set().union(*(graph_ids(inner) for inner in value.values()), set())
    if isinstance(value, list):
        return set().union(*(graph_ids(inner) for inner in value), set())
    return {str(value)}


@FEW
@given(events=st.lists(SAID, min_size=1, max_size=6), order=st.randoms(use_true_random=False), cut=st.integers(0, 6))
async def test_batches_doubles_and_disorder_change_nothing(
    directory: Directory, events: list[dict[str, Any]], order: Any, cut: int
) -> None:
    deliveries = [*events, *events[:cut]]
    order.shuffle(deliveries)
    with FakeGraph(wrote=dict.fromkeys(PEOPLE, time.time())) as graph:
        async with webhook(directory, graph, sometimes) as hook:
            assert await hook.post(delivery(*deliveries[:cut], at_once=False)) == 200
            assert await hook.post(delivery(*deliveries[cut:])) == 200
            await hook.rest()
            assert_every_reply_ends_with_the_numbers(graph)
            blocks = [call for call in graph.accepted() if names_all(call.text)]
            assert len(blocks) == len(events)


@FEW
@given(echoes=st.lists(ECHOES | ECHOES.map(lambda found: found | {"timestamp": 1}), min_size=1, max_size=4))
async def test_an_echo_is_never_answered(directory: Directory, echoes: list[dict[str, Any]]) -> None:
    with FakeGraph(wrote=dict.fromkeys(PEOPLE, time.time())) as graph:
        async with webhook(directory, graph) as hook:
            assert await hook.post(delivery(*echoes)) == 200
            await hook.rest()
            assert graph.calls == []


@FEW
@given(body=st.binary(max_size=200), signature=st.text(alphabet="sha256=0123456789abcdef", max_size=80))
async def test_nothing_unsigned_passes(directory: Directory, body: bytes, signature: str) -> None:
    with FakeGraph() as graph:
        async with webhook(directory, graph) as hook:
            status, _ = await hook.request("POST", body, {"X-Hub-Signature-256": signature})
            assert status == 403
            assert graph.calls == []
