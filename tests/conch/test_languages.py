"""A language is told from a few words; English and Virgin Islands Creole are not taken for another."""

import pytest

from conch.languages import guess_language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "mi jefe tiene mi pasaporte y no me deja salir"),
        ("es", "me va a matar, ayúdeme ahora"),
        ("es", "No tengo papeles"),
        ("es", "quiero morirme"),
        ("es", "hola"),
        ("fr", "mon patron ne me paie pas"),
        ("fr", "il me frappe"),
        ("ht", "bos la pran paspo m"),
        ("ht", "mwen pa ka soti"),
        ("ht", "Bonjou, mwen bezwen èd"),
    ],
)
def test_another_language(language: str, text: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "dem ain pay me since august",
        "ah workin in de kitchen an he tek meh passport",
        "yo",
        "he hits me",
        "my tía works at la casa hotel",
        "help me por favor they dont let me salir",
        "/ask_signs",
        "",
        "!!!",
    ],
)
def test_english_and_what_is_no_language(text: str) -> None:
    assert guess_language(text) == "en"
