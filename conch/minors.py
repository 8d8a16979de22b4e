"""Whether a message speaks of somebody under 18, so that the line for children is shown.

A false alarm costs one line more in the block; the words are few and reviewable.
"""

import re

UNIT = (
    r"(?!\s*(?:%|[ap]\.?m\b|h\b|hrs?\b|hours?|mins?\b|minutes?|days?|weeks?|months?|"
    r"dollars?|bucks|people|men\b|of us|miles?|rooms?|[./:,]?\d))"
)
AGE = r"(?:[4-9]|1[0-7])"
NOT_AN_AGE = r"(?!\s+(?:ago|now|contract|later|in\b|of\b|with\b))"
TEXTED_AGE = rf"\b{AGE}\s*(?:-|\s)?(?:y/?o\b|yrs?\b{NOT_AN_AGE}|years?[\s-]old|year[\s-]olds?)"
SAID_AGE = (
    r"\b(?:i'?m|im|i am|i was|ah|she'?s|he'?s|shes|hes|she is|he is|she was|he was|"
    r"they'?re|they are|turned|turning|aged?|is only|was only|are only|just turned)\s+"
    rf"(?:just\s+|only\s+|like\s+|maybe\s+|about\s+)?{AGE}\b{UNIT}"
)
WORDS = (
    r"\b(?:under\s?age[d]?|under (?:18|eighteen)|minors?|school\s?girls?|school\s?boys?|teen(?:s|ager|agers|age)?|"
    r"little (?:girls?|boys?)|high school|middle school|(?:9|10|11)th grade(?:r|rs)?|freshman in high school|"
    r"menor de edad|menores|mineure?s?|minè|timoun|ti fi|ti gason)\b"
)
OF_A_MINOR = re.compile(f"{TEXTED_AGE}|{SAID_AGE}|{WORDS}", re.IGNORECASE)


def speaks_of_minor(text: str) -> bool:
    """Looks for an age under 18 or a word for a child in a message."""
    return OF_A_MINOR.search(text) is not None
