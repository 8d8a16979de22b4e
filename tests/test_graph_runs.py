"""The patched graph runner gives what the unpatched one gives, and runs no node twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from addons.graph_runs import run_nodes_in_order

ORIGINAL = DaskGraphRunner.run
ran: list[str] = []


class Step(GraphComponent):
    """Says its name after all that it was given."""

    @classmethod
    def create(cls, config: dict[str, Any], **_: Any) -> Step:
        made = cls()
        made.name = config["name"]
        return made

    def run(self, **given: str) -> str:
        ran.append(self.name)
        if self.name == "fails":
            raise ValueError("broken")
        if self.name == "runtime":
            raise GraphRunError("cut")
        return f"{self.name}({', '.join(given[key] for key in sorted(given))})"


def runner(needs: dict[str, list[str]]) -> DaskGraphRunner:
    """A graph of steps; the last one is its target."""
    nodes = {
        name: SchemaNode(
            needs={f"input_{n}": of for n, of in enumerate(parents)},
            uses=Step,
            constructor_name="create",
            fn="run",
            config={"name": name},
            is_target=name == list(needs)[-1],
            eager=True,
        )
        for name, parents in needs.items()
    }
    schema = GraphSchema(nodes)
    return DaskGraphRunner.create(schema, LocalModelStorage.__new__(LocalModelStorage), ExecutionContext(schema))


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    run_nodes_in_order()
    ran.clear()
    yield
    DaskGraphRunner.run = ORIGINAL


@given(st.data())
def test_results_are_those_of_the_unpatched_runner(data: st.DataObject) -> None:
    names = ["a", "b", "c", "d", "e"]
    needs = {
        name: data.draw(st.lists(st.sampled_from([*names[:place], "message"]), max_size=3, unique=True))
        for place, name in enumerate(names)
    }
    made, targets = runner(needs), data.draw(st.none() | st.lists(st.sampled_from(names), min_size=1, unique=True))
    given_inputs = {"message": "hello"} | data.draw(st.sampled_from([{}, {"b": "given"}]))
    assert made.run(given_inputs, targets) == ORIGINAL(made, given_inputs, targets)


def test_only_what_is_needed_runs_and_only_once() -> None:
    made = runner({"a": ["message"], "b": ["a"], "unused": ["a"], "c": ["a", "b"]})
    assert made.run({"message": "hello"}) == {"c": "c(a(hello), b(a(hello)))"}
    assert ran == ["a", "b", "c"]


@pytest.mark.parametrize(("needs", "error"), [(["missing"], GraphRunError), (["message"], GraphComponentException)])
def test_errors_are_those_of_the_unpatched_runner(needs: list[str], error: type[Exception]) -> None:
    made = runner({"fails": needs})
    for run in (ORIGINAL, DaskGraphRunner.run):
        with pytest.raises(error):
            run(made, {"message": "hello"})
