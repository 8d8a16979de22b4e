"""The line for children is shown where somebody under 18 is spoken of, and not for hours or sums."""

import pytest

from conch.minors import speaks_of_minor


@pytest.mark.parametrize(
    "text",
    [
        "i am fifteen",
        "im 15 and he sells me",
        "my daughter is 14",
        "she look like 15, maybe 16",
        "a 13 year old at the bus stop",
        "17yo girl",
        "I'm in 8th grade",
        "there is a minor in that room",
        "tengo 15 años",
        "j'ai 15 ans",
        "mwen gen 15 an",
    ],
)
def test_somebody_under_18(text: str) -> None:
    assert speaks_of_minor(text)


@pytest.mark.parametrize(
    "text",
    [
        "i am 14 hours a day on the roof",
        "he is 40",
        "my son is 25",
        "she was 16 minutes late",
        "im 12 miles out",
        "minor injuries",
        "a minor issue with my boss",
        "they owe me 15 dollars",
        "i started 10 years ago",
    ],
)
def test_hours_sums_and_grown_people(text: str) -> None:
    assert not speaks_of_minor(text)
