"""Every sentence that Conch says is short, plain, sourced, free of numbers, and no verdict."""

import re
from random import Random
from typing import Any

import pytest
import textstat
from rasa.core.nlg.interpolator import interpolate
from rasa.shared.core.domain import Domain

from actions.indicators import in_a_sentence, in_common
from addons.channels.incoming import Payloads
from conch.signs import signs
from conch.sources import read_sources
from tests.words import ROOT, responses

Variation = dict[str, Any]
MOST_WORDS, HIGHEST_GRADE = 80, 6.0
MOST_BUTTONS, LONGEST_TITLE = 3, 20
# Names that cannot be said in plainer words; the reading grade is counted without them.
NAMES = [
    "National Center for Missing and Exploited Children",
    "Family Resource Center",
    "Women's Coalition of St. Croix",
    "Women's Coalition",
    "Domestic Violence and Sexual Assault Council",
    "Human Trafficking Institute",
    "International Labour Organization",
    "Legal Services of the Virgin Islands",
    "Department of Human Services",
    "Department of Labor",
    "Labor Department",
    "State Department",
    "Wage and Hour Division",
    "Virgin Islands",
    "United Nations",
    "United States",
    "St. Croix",
    "St. Thomas",
    "St. John",
    "CHILD USA",
    "Childhelp",
    "NCMEC",
    "Messenger",
    "Congress",
    "human trafficking",
    "trafficking",
]
NUMBER_OR_ADDRESS = re.compile(
    r"\d[-. (]*\d{2}[-. )]*\d{3}[-. ]*\d{4}|\d{3}[-. ]\d{4}|https?:|www\.|\w@\w|\.(?:org|com|gov)\b"
)
PRACTICE = re.compile(r"^Practice[.,:]")  # the mark of a practice case says nothing about the sentence behind it
FORBIDDEN = re.compile(
    r"\b(?:you are (?:a |being )?(?:victim|trafficked)|you have been trafficked|you were trafficked|"
    r"this is (?:not )?(?:human )?trafficking|it is (?:not )?(?:human )?trafficking|"
    r"you must (?:leave|stay|go|report|call|tell)|you should (?:leave|stay|go|confront|follow|report)|"
    r"you need to (?:leave|stay|report)|run away|escape now|why did(?:n't| not) you|"
    r"guarantee[ds]?|we promise|i promise|we will protect|will protect you|you will be safe|(?<!if )you are safe|"
    r"will not be deported|will get a visa|100 ?%|"
    r"prostitutes?|hookers?|illegals?|illegal (?:alien|immigrant)s?|slaves?|"
    r"(?<!need not )tell me more|what is your name|where are you|how old are you|your address|"
    r"gather (?:proof|evidence)|take (?:a )?(?:photo|picture)s?|record (?:them|him|her|it))\b",
    re.IGNORECASE,
)
QUOTED = "'None is fit to be a master, and none deserves to be a slave.'"  # of a speech, in utter_ask_us_response
PARTS = {"utter_scenario_part"}
MAY_SAY_SLAVERY = {"utter_ask_definition"}
SAFETY = ("utter_immediate_danger", "utter_self_harm")
DOMAIN = Domain.from_file(str(ROOT / "domain.yml"))
PAYLOADS = Payloads(DOMAIN)
SOURCES = read_sources()


def teller(variation: Variation) -> str:
    """Whom a variation speaks to."""
    return variation["condition"][0]["value"] if variation.get("condition") else "default"


EVERY = [
    pytest.param(name, variation, id=f"{name}-{teller(variation)}")
    for name, variations in responses().items()
    for variation in variations
]


def without_placeholders(text: str) -> str:
    """The words that are always said."""
    return re.sub(r"\{\w+\}", "", text).strip()


def plain(text: str) -> str:
    """The words that a reading grade should count."""
    for name in NAMES:
        text = text.replace(name, "Conch")
    text = PRACTICE.sub("", without_placeholders(text))
    return re.sub(r"\b[\d,.:-]*\d[\d,.:-]*\b", "ten", text)


@pytest.mark.parametrize(("name", "variation"), EVERY)
def test_text_is_short_and_plain(name: str, variation: Variation) -> None:
    text = without_placeholders(variation["text"])
    assert len(text.split()) <= MOST_WORDS
    assert textstat.flesch_kincaid_grade(plain(text)) <= HIGHEST_GRADE
    assert text.isascii()


@pytest.mark.parametrize(("name", "variation"), EVERY)
def test_text_is_one_paragraph_without_numbers(name: str, variation: Variation) -> None:
    text = variation["text"].strip()
    lines = text.replace("\n", " ") if name in PARTS else text.replace("\n{", "{")
    assert "\n\n" not in text, "channels split on blank lines"
    assert "\n" not in lines, "only a list, or the story of a practice case, stands on lines of its own"
    assert not NUMBER_OR_ADDRESS.search(text)


@pytest.mark.parametrize(("name", "variation"), EVERY)
def test_text_has_a_known_source(name: str, variation: Variation) -> None:
    cited = variation["metadata"]["sources"]
    assert cited
    assert set(cited) <= set(SOURCES)


@pytest.mark.parametrize(("name", "variation"), EVERY)
def test_text_is_vetted(name: str, variation: Variation) -> None:
    found = FORBIDDEN.search(variation["text"].replace(QUOTED, ""))
    assert found is None, found[0]
    assert "slavery" not in variation["text"] or name in MAY_SAY_SLAVERY


@pytest.mark.parametrize(("name", "variation"), EVERY)
def test_buttons_are_few_short_and_accepted(name: str, variation: Variation) -> None:
    buttons = variation.get("buttons", [])
    assert len(buttons) <= MOST_BUTTONS
    for button in buttons:
        assert set(button) == {"title", "payload"}
        assert 0 < len(button["title"]) <= LONGEST_TITLE
        assert PAYLOADS.accepts(interpolate(button["payload"], {}))
        assert interpolate(button["payload"], {}) != f"/{name.removeprefix('utter_')}", "leads back to itself"


@pytest.mark.parametrize("name", sorted(responses()))
def test_only_known_keys_and_a_default(name: str) -> None:
    variations = responses()[name]
    assert all(set(each) <= {"condition", "text", "metadata", "buttons"} for each in variations)
    assert [teller(each) for each in variations].count("default") == 1
    assert teller(variations[-1]) == "default"


@pytest.mark.parametrize("sign", sorted(signs().indicators))
def test_each_sign_speaks_to_who_tells(sign: str) -> None:
    told = responses()[f"utter_indicator_{sign}"]
    assert [teller(each) for each in told] == ["self", "other", "default"]
    assert len({each["text"] for each in told}) == 3


@pytest.mark.parametrize("name", SAFETY)
def test_safety_begins_with_the_number_to_call(name: str) -> None:
    for variation in responses()[name]:
        first = re.split(r"(?<=[.!?])\s", variation["text"])[0]
        assert re.search(r"\b(?:911|988)\b", first)


def test_unsafe_to_talk_is_the_shortest_and_leads_nowhere() -> None:
    (variation,) = responses()["utter_unsafe_to_talk"]
    assert len(variation["text"].split()) <= 50
    assert "buttons" not in variation


def test_no_two_texts_are_the_same() -> None:
    texts = [variation["text"] for variations in responses().values() for variation in variations]
    assert len(texts) == len(set(texts))


def test_signs_are_named_as_a_list_can_hold_them() -> None:
    names = [sign.name for sign in signs().indicators.values()]
    assert len(names) == len(set(names))
    assert not [name for name in names if "," in name or name != name.strip()]
    assert {cited for sign in signs().indicators.values() for cited in sign.sources} <= set(SOURCES)


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_a_reply_to_several_signs_is_short(count: int) -> None:
    random = Random(0)
    for _ in range(500):
        ids = random.sample(list(signs().indicators), count)
        names = in_a_sentence([signs().indicators[name].name for name in ids])
        for variation in responses()["utter_several_signs"]:
            text = variation["text"].format(signs=names, means=in_common(ids, names))
            assert len(text.split()) <= MOST_WORDS, text
