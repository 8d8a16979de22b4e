"""The clauses of a message, each to be read by itself as well: beside a plain sign another is easily lost."""

import re

END = re.compile(
    r"[.!?;\n]+\s*|,\s+|\s+(?=(?:and|but|so|because|cause|cuz|then|plus|while|when|if|until)\s)", re.IGNORECASE
)
LEAST_WORDS = 4
MOST_CLAUSES = 60  # of a message of 4,000 characters; each takes about a millisecond


def clauses(text: str) -> list[tuple[int, str]]:
    """The clauses of a message with where each begins, in characters; none if there is but one."""
    found, start = [], 0
    for end in [*END.finditer(text), None]:
        words = text[start : end.start() if end else len(text)]
        if len(words.split()) >= LEAST_WORDS:
            found.append((start, words))
        start = end.end() if end else len(text)
    return found[:MOST_CLAUSES] if len(found) > 1 else []
