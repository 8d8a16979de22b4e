"""The sentences of a story, each to be read by itself as well: in a long one a short sign is easily lost."""

import re

SENTENCE = re.compile(r"\S.*?(?:[.!?;]+(?=\s|$)|$)", re.MULTILINE)
LEAST_WORDS = 4
MOST_SENTENCES = 40  # of a message of 4,000 characters; each takes about a millisecond


def sentences(text: str) -> list[tuple[int, str]]:
    """The sentences of a message with where each begins, in characters; none if there is but one."""
    found = [(match.start(), match[0]) for match in SENTENCE.finditer(text)]
    whole = [(start, words) for start, words in found if len(words.split()) >= LEAST_WORDS]
    return whole[:MOST_SENTENCES] if len(whole) > 1 else []
