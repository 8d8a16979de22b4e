"""The lexicon of safety phrases: outright wording is recognised, figures, negations and tellings are not."""

import time
from pathlib import Path

import pytest
import yaml

from addons.nlu.safety_phrases import PHRASES_FILE, SAFETY_INTENTS, SafetyPhrases, simplify
from conch.languages import LANGUAGES

DANGER = """
he beatin she now
dem comin fo me
dem men comin back fo kill we tonight
de man have he hand round she neck he chokin she
he pull a cutlass pon me
she get cut up bad an she bleedin all over de floor
he is hitting me
he hitting me now
he’s hitting me
HE IS HITTING ME!!!
he is hittinggg me
no he is hitting me
dont hang up he is beating me
i dont know what to do he is choking me
he won't stop hitting me
my stepfather is choking my mother in the kitchen
HE’S PUNCHING ME PLS SEND SOMEONE
hlep me hes strangeling her
they are killing him
they are dragging him out to the car now
im locked in the bathroom and hes kicking the door in
someone is trying to break into my room rn
some man is chasing me through the parking lot
theres a guy with a gun in the lobby
whispering he is outside my door
he's going to kill me
he said he is coming tonight to kill me
he says he will kill me tonight
pleeease send the police im on hospital road
help!! send police
i need an ambulance
i am being raped
she isn't breathing
please i dont want to die in here
they have me tied up in the basement
my dad has a gun pointed at my mom
dey shootin up de yard
la está golpeando en la calle
ils vont nous tuer
me está pegando
mi marido me esta ahorcando llamen a la policia
tiene una pistola y viene para aca
il me frappe, venez vite
au secours il a un couteau
elle est blessée
mwen an danje, li gen yon zam
l ap bat mwen kounye a
anmwe, yo pral touye m
"""
SELF_HARM = """
ah goin kill mehself
ah feel like killin mehself
me don want to live again
I want to die
i wanna kms
i want to kil my self
I don't want to live
I don’t want to be here anymore
I DONT WANNA BE ALIVE NO MORE
I can’t stop thinking about suicide
i just wanna be dead
i been cutting myself again
theres nothing left for me to live for
honestly id be better off dead
im gonna swallow every pill in this house
i keep imagining jumping off the pier
i dont know if i want to die
my friend wants to kill herself
i might overdose tonight
wish i could go to sleep and never wake up
me ready fo dead
no tengo ganas de vivir
my roommate told me she wants to kill herself
my brother is talking about ending his life
she said she is going to kill herself tonight
quiero matarme
me quiero morir
ya no quiero vivir
j’ai envie de mourir
je ne veux plus vivre
mwen vle touye tèt mwen
m vle mouri
"""
UNSAFE = """
he is watching me type
he watching me type
He is watching me right now
cyah talk he right here
hes standing right behind me i cant type
how do i wipe this conversation off the phone
shh my boss just came in
she is reading my messages over my shoulder
i cant speak out loud they are in the next room
he can see my screen
no puedo hablar, él está aquí
je ne peux pas parler, il est à côté
mwen pa ka pale, li la
"""
NOT_SAFETY = """
he hit me last year
he hit me twice last summer
he hits me
he was hitting me
he used to beat me every day
he is hitting us every week
my cousin used to be beaten by her sponsor
my manager slaps the cooks when they drop plates
he is not hitting me
nobody is hitting me right now
nobody is beating me, it is the debt
he is hitting on me
he says he will kill me
he always says he will kill me if i run
my boss said he would shoot us
my mom is going to kill me if i fail
these boots are killing me
this heat is killing me
the cook is beating the eggs right now
when he is hitting a worker what does the law say
what if someone is beating a worker
we saw a movie where a man is choking a girl
the foreman carries a knife for the fish
should i call the police or the hotline
who do i call in an emergency
my friend is coming to get me after work
i have been locked out of my account
no tiene un cuchillo
he says he will kill himself if i leave
he told my aunt he would kill himself if she divorced him
i am not suicidal, i just want to talk
im not going to kill myself
i never tried to kill myself
what is the number for the suicide lifeline
i cut myself on a broken plate at work
i could die of boredom in this job
suicide squad
50 kms from here
no me quiero morir
je ne veux pas mourir
m pa vle mouri
he watches my phone
he reads my texts every evening
how do i delete my facebook account
i cant talk to my family since i came
i can't talk english good
do they kill people who run away
im bleeding money on this recruiter fee
he would choke me when i was late
he follows me everywhere
i dont want to work here anymore
"""
CASES = [
    pytest.param(line, intent, id=f"{intent}: {line}")
    for intent, lines in zip((*SAFETY_INTENTS, None), (SELF_HARM, DANGER, UNSAFE, NOT_SAFETY))
    for line in lines.strip().splitlines()
]


@pytest.fixture(scope="module")
def phrases() -> SafetyPhrases:
    return SafetyPhrases()


def intent_of(phrases: SafetyPhrases, text: str) -> str | None:
    found = phrases.find(text)
    return found.intent if found else None


@pytest.mark.parametrize(("text", "intent"), CASES)
def test_means(phrases: SafetyPhrases, text: str, intent: str | None) -> None:
    assert intent_of(phrases, text) == intent


@pytest.mark.parametrize(("text", "intent"), CASES)
def test_means_the_same_in_capitals_and_with_curly_apostrophes(
    phrases: SafetyPhrases, text: str, intent: str | None
) -> None:
    assert intent_of(phrases, text.upper().replace("'", "\u2019")) == intent


@pytest.mark.parametrize(("text", "intent"), CASES)
def test_means_the_same_without_accents_and_apostrophes(phrases: SafetyPhrases, text: str, intent: str | None) -> None:
    assert intent_of(phrases, text.translate(str.maketrans("éèàáôï", "eeaaoi", "'\u2019"))) == intent


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ok. He’s hitting me!! now", "He’s hitting me"),
        ("é́é he  is   hitting me", "he  is   hitting me"),
        ("😭😭 I WANNA DIEEEE", "WANNA DIEEEE"),
    ],
    ids=["apostrophe", "accents and spaces", "emoji and drawn-out letters"],
)
def test_says_where_the_words_stand(phrases: SafetyPhrases, text: str, words: str) -> None:
    found = phrases.find(text)
    assert found is not None
    assert text[found.start :].startswith(words[:9])
    assert words.startswith(text[found.start : found.end])


def test_self_harm_outranks_danger(phrases: SafetyPhrases) -> None:
    assert intent_of(phrases, "he is hitting me and i want to kill myself") == "self_harm"


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "👋", "'", "\u0301"], ids=ascii)
def test_nothing_in_next_to_nothing(phrases: SafetyPhrases, text: str) -> None:
    assert phrases.find(text) is None


def test_plain_text() -> None:
    plain, places = simplify("Él’s  nooow!!")
    assert plain == "els now!"
    assert len(places) == len(plain)


REPEATED = [
    "a ",
    "he is ",
    "my ",
    "the ",
    "i want ",
    "he is hitting ",
    "my friend wants to ",
    "dont want to ",
    ". ",
    "a",
]


@pytest.mark.parametrize("part", REPEATED)
def test_long_messages_are_read_quickly(phrases: SafetyPhrases, part: str) -> None:
    text = (part * 4000)[:4000]
    start = time.process_time()
    phrases.find(text)
    assert time.process_time() - start < 1.0  # about 0.05 on a quiet machine


def broken(tmp_path: Path, *keys: str, value: object) -> Path:
    """The lexicon with one field replaced; None takes it out."""
    content = yaml.load(PHRASES_FILE.read_text("utf-8"), Loader=yaml.BaseLoader)
    section = content
    for key in keys[:-1]:
        section = section[key]
    if value is None:
        del section[keys[-1]]
    else:
        section[keys[-1]] = value
    path = tmp_path / "broken.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return path


@pytest.mark.parametrize(
    ("keys", "value", "says"),
    [
        (("phrases", "self_harm", "ht"), None, "broken.yml: phrases: self_harm: ht"),
        (("phrases", "unsafe_to_talk"), None, "broken.yml: phrases: unsafe_to_talk: en"),
        (("phrases",), None, "broken.yml: phrases: self_harm: en"),
        (
            ("phrases", "immediate_danger", "en"),
            "fine\n(open",
            "broken.yml: phrases: immediate_danger: en: line 2",
        ),
        (
            ("phrases", "immediate_danger", "en"),
            "fine\n\nfine",
            "broken.yml: phrases: immediate_danger: en: line 2",
        ),
        (
            ("phrases", "immediate_danger", "en"),
            ["a", "list"],
            "broken.yml: phrases: immediate_danger: en: missing",
        ),
        (("phrases", "immediate_danger", "en"), "{nosuchword}", "nosuchword"),
        (("negations",), None, "broken.yml: negations"),
        (("figures", "self_harm"), "", "broken.yml: figures: self_harm"),
        (("words",), "text", "broken.yml: words"),
        (("words", "zone"), "[a-", "broken.yml: words: zone"),
    ],
    ids=[
        "no section of a language",
        "no section of an intent",
        "no phrases",
        "a pattern that does not close",
        "an empty line",
        "a list for text",
        "an unknown word",
        "no negations",
        "empty figures",
        "words that are text",
        "a broken word",
    ],
)
def test_a_broken_file_is_named_with_its_field(tmp_path: Path, keys: tuple[str, ...], value: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        SafetyPhrases(broken(tmp_path, *keys, value=value))


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.yml"
    path.write_text("", "utf-8")
    with pytest.raises(ValueError, match=r"empty\.yml: words"):
        SafetyPhrases(path)


def test_the_lexicon_stays_reviewable() -> None:
    # One alternative a line; an advocate reads a section in a sitting.
    content = yaml.load(PHRASES_FILE.read_text("utf-8"), Loader=yaml.BaseLoader)
    for intent in SAFETY_INTENTS:
        sizes = {code: len(content["phrases"][intent][code]) for code in LANGUAGES}
        lines = {code: len(content["phrases"][intent][code].splitlines()) for code in LANGUAGES}
        assert sizes.pop("en") <= 12_000
        assert max(sizes.values()) <= 2_500
        assert max(lines.values()) <= 120
