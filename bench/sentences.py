"""Things that people tell and ask, in any number, the same ones every time.

Distinct and of the kind that the site stores: third person, one fact each. Words repeat
across them as they do in a life: the same names, places and pastimes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

_WORDS = {
    "who": "sister|brother|mother|father|aunt|cousin|neighbour|flatmate|colleague|boss"
    "|daughter|son|grandmother|partner|teacher|friend",
    "name": "Mara|Jon|Ana|Kofi|Yuki|Leila|Tomas|Priya|Sven|Ines|Omar|Greta|Minho|Ruth"
    "|Dario|Wanda|Petra|Hugo|Noor|Elif",
    "place": "Leeds|Porto|Lisbon|Kraków|Busan|Osaka|Tallinn|Ghent|Malmö|Turin|Galway"
    "|Bristol|Nantes|Graz|Cork|Bergen|Split|Riga|Basel|Oulu",
    "thing": "cello|sourdough bread|rainy jazz|chess|kayaking|astronomy|pottery|film"
    " photography|bouldering|beekeeping|watercolour|long-distance cycling|origami|tango"
    "|birdwatching|crosswords|opera|mushroom hunting|knitting|old radios",
    "feeling": "anxious|proud|tired|hopeful|lonely|relieved|curious|restless|calm"
    "|homesick",
    "job": "nurse|tram driver|backend developer|primary school teacher|midwife|baker"
    "|translator|surveyor|sound engineer|paralegal|botanist|carpenter",
    "pet": "an old cat|a deaf terrier|two budgerigars|a tortoise|a rescued greyhound"
    "|a one-eyed rabbit",
    "when": "in spring|last winter|on Thursday evenings|before work|after the move"
    "|during the holidays|since the exam|every other weekend|in 2019|as a child",
    "topic": "subnet masks|CIDR|TCP and UDP|photosynthesis|the subjunctive|recursion"
    "|compound interest|Bayes' rule|French verbs|the water cycle",
}
_SLOTS = {slot: words.split("|") for slot, words in _WORDS.items()}
_FACTS = (
    "User's {who} {name} moved to {place} {when}.",
    "User plays or practises {thing} {when} with {name}.",
    "User felt {feeling} about {thing} after talking to {name}.",
    "User works with {name} as a {job} in {place}.",
    "User's {who} {name} has {pet} in {place}.",
    "User does not want to talk about {name} and {thing} {when}.",
    "User promised {name} to try {thing} {when}.",
    "User still confuses {topic}, {name} explained it {when}.",
    "User prefers {thing} to {topic} {when}.",
    "User and {name} met through {thing} in {place} {when}.",
    "User's {who} felt {feeling} {when}, when {name} left for {place}.",
    "User wants to learn {topic} before {name} visits from {place}.",
)
_QUESTIONS = (
    "Did I ever tell you about {name} in {place}?",
    "What should I do about {thing} this weekend?",
    "I feel {feeling} again, and I keep thinking of my {who}.",
    "{name} called me yesterday about {thing}. What do you think?",
    "Can you explain {topic} once more, the way that worked for me?",
    "I am off to {place} on Friday. Any ideas whom I could visit there?",
    "My {who} wants to hear about {thing}, where do I begin?",
    "Do you remember what I said about working as a {job}?",
    "Who was it that had {pet}?",
    "Let us talk about something else than {topic}, maybe {thing}.",
    "hello again",
    "It is late and I can not sleep, tell me something about {place} {when}.",
)


def facts(count: int) -> list[str]:
    """`count` different statements about a person; at most some hundred thousand."""
    return _distinct(_FACTS, count, seed=20_26)


def questions(count: int) -> list[str]:
    """`count` different messages to somebody who remembers."""
    return _distinct(_QUESTIONS, count, seed=11_22)


def _distinct(patterns: tuple[str, ...], count: int, *, seed: int) -> list[str]:
    seen: dict[str, None] = {}
    for text in _endless(patterns, random.Random(seed)):
        seen[text] = None
        if len(seen) >= count:
            break
    return list(seen)


def _endless(patterns: tuple[str, ...], chance: random.Random) -> Iterator[str]:
    while True:
        words = {slot: chance.choice(values) for slot, values in _SLOTS.items()}
        yield chance.choice(patterns).format(**words)
