"""Whether a message speaks of somebody under 18, so that the line for children is shown.

A false alarm costs one line more in the block; the words are few and reviewable.
"""

import re

NUMBER = r"(?:[4-9]|1[0-7])"
AGE = rf"(?:{NUMBER}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)"
# What shows that a number is no age: hours, money, a time, a count.
NO_AGE = (
    r"(?!\s*(?:%|[ap]\.?m\b|h\b|hrs?\b|hours?|mins?\b|minutes?|days?|weeks?|months?|"
    r"dollars?|bucks|people|men\b|of us|miles?|rooms?|[./:,]?\d))"
)
NO_AGE_IN_YEARS = r"(?!\s+(?:ago|now|contract|later|in\b|of\b|with\b))"
CHILD = r"(?:daughter|son|niece|nephew|cousin|sister|brother|girl|boy|child|kid|student|friend|grandson|granddaughter)"
WHO = (
    r"(?:i'?m|im|i am|i was|ah|she'?s|he'?s|shes|hes|she is|he is|she was|he was|they'?re|they are|"
    rf"turned|turning|aged?|is only|was only|are only|looks? like|{CHILD} (?:is|was))"
)
NO_PERSON = r"(?!\s+(?:issue|injury|problem|thing|detail|accident))"
PATTERNS = (
    rf"\b{NUMBER}\s*-?\s*(?:y/?o\b|yrs?\b{NO_AGE_IN_YEARS}|years?[\s-]old|year[\s-]olds?)",
    rf"\b{WHO}\s+(?:(?:just|only|like|maybe|about)\s+)?{AGE}\b{NO_AGE}",
    rf"\b(?:under\s?aged?|under (?:18|eighteen)|minors|a minor{NO_PERSON})\b",
    r"\b(?:school\s?girls?|school\s?boys?|teen(?:s|ager|agers|age)?|little (?:girls?|boys?))\b",
    r"\b(?:high school|middle school|(?:[5-9]|10|11)th grade(?:r|rs)?)\b",
    rf"\b(?:tengo|tiene) {NUMBER} a[nñ]os|\bmenor de edad|\bmenores\b",
    rf"\b(?:j'ai|a) {NUMBER} ans\b|\bmineure?s?\b",
    rf"\bgen {NUMBER} an\b|\bminè\b|\btimoun\b|\bti (?:fi|gason)\b",
)
OF_A_MINOR = re.compile("|".join(PATTERNS), re.IGNORECASE)


def speaks_of_minor(text: str) -> bool:
    """Looks for an age under 18 or a word for a child in a message."""
    return OF_A_MINOR.search(text) is not None
