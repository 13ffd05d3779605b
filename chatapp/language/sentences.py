"""Stored sentences in the language of whoever reads them.

Records, and what comes from `memory/`, which knows no Django, hold English sentences.
They are the codes: the row stays as it is, and `told` translates at the moment of showing.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext, gettext_noop

# Of memory/, as they stand there: a test compares.
FROM_MEMORY = (
    gettext_noop("Something went wrong. Try again in a moment."),
    gettext_noop("The memory service could not be used. Replies go on without memory."),
    gettext_noop(
        "The memory service cannot be reached right now. It will be tried again."
    ),
    gettext_noop(
        "The memory service is busy right now. It will be tried again in a moment."
    ),
    gettext_noop("The memory service is away right now. It will be tried again."),
    gettext_noop("The memory service did not answer in time. It will be tried again."),
    gettext_noop("The memory service refused this request."),
    gettext_noop("If it happens again, tell the operator of this site."),
    gettext_noop(
        "Memory is paused: the site's memory account needs its operator's attention."
    ),
    gettext_noop("Nothing is lost, and saving goes on once the account is active."),
    gettext_noop("The memory service does not admit this site."),
    gettext_noop("Its operator has to check the connection."),
    gettext_noop("Its operator has to look at it."),
    gettext_noop("This memory does not exist any more at the memory service."),
    gettext_noop(
        "The memory service gave an answer that this site does not understand."
    ),
    gettext_noop("The model could not answer."),
    gettext_noop("Try again in a moment."),
    gettext_noop("The model cannot be reached right now."),
    gettext_noop("The model did not answer in time."),
    gettext_noop("The model refused this request."),
    gettext_noop("Shorten or rephrase the message, then send it again."),
    gettext_noop("The model gave no readable answer."),
    gettext_noop("The connection to the model broke while it was answering."),
    gettext_noop("Continue or regenerate the reply."),
    gettext_noop("This reply was not fit to be shown."),
    gettext_noop("Regenerate it, or write another message."),
    gettext_noop("The site's connection to its model is misconfigured."),
    gettext_noop("The model that this site is set to use does not exist."),
    gettext_noop("The site's model account has no credit left."),
    gettext_noop("The model is busy right now."),
    gettext_noop("The model's provider is having trouble."),
    gettext_noop("the memory service is busy"),
    gettext_noop("the memory service is away"),
    gettext_noop("the memory service did not answer in time"),
    gettext_noop("The reply was stopped, so it reinforces nothing."),
    gettext_noop("The reply was failed, so it reinforces nothing."),
    gettext_noop("The reply was interrupted, so it reinforces nothing."),
    gettext_noop("The reply is empty, so it reinforces nothing."),
    gettext_noop("The reply is a refusal, so it reinforces nothing."),
    gettext_noop("The reply reinforces nothing."),
    gettext_noop("The reply is complete."),
    gettext_noop("Cited, but nothing in the reply is new from this memory."),
    gettext_noop("In the prompt, not used."),
    gettext_noop("Cited; a second model found the passage that uses it."),
    gettext_noop("Not cited; a second model found the passage that uses it."),
    gettext_noop("Cited, but the reply speaks of what it asks to leave."),
    gettext_noop("Cited and used by restraint: the reply leaves it alone."),
    gettext_noop("Cited, but the reply explains what is mastered."),
    gettext_noop("Cited and used by restraint: the reply does not teach it again."),
    gettext_noop(
        "Cited, and the reply says that it remembers this, in words of its own."
    ),
    gettext_noop(
        "Not cited, but the reply says that it remembers this, in words of its own."
    ),
    gettext_noop(
        "The reply marks none of the memories that its words show: none is fed back."
    ),
    gettext_noop("The memory service did not confirm it, and it is not sent twice."),
    gettext_noop("Nothing to remember in a greeting or a short reply."),
    gettext_noop("A type that is not in the taxonomy."),
    gettext_noop("A memory of this type can not come from who said it."),
    gettext_noop("The quote does not stand in what they said."),
    gettext_noop("It is not in the language that was used."),
    gettext_noop("A question proves nothing."),
    gettext_noop("The quote is a greeting or filler."),
    gettext_noop("It gives orders or carries markup."),
    gettext_noop("It was said in jest."),
    gettext_noop("It was only supposed."),
    gettext_noop("It is quoted from somebody."),
    gettext_noop("It was acted, in a role."),
    gettext_noop("It is about somebody else than the person."),
    gettext_noop("It names a date that was not said."),
    gettext_noop("A confidence between 0 and 1 is needed."),
    gettext_noop("The model was not sure enough of it."),
    gettext_noop("The reply only repeated what was recalled."),
    gettext_noop("The same fact was proposed twice."),
    gettext_noop("Too many atoms for one turn."),
)
WITH_FIGURES = (
    gettext_noop("A content of 1 to %(n)s characters is needed."),
    gettext_noop(
        "Cited, and the reply contains %(n)s %% of what only this memory says."
    ),
    gettext_noop(
        "Not cited, but the reply contains %(n)s %% of what only this memory says."
    ),
    gettext_noop(
        "Cited, and the reply contains %(n)s %% of what only this memory says, in a"
        " passage that says it remembers."
    ),
    gettext_noop(
        "Not cited, but the reply contains %(n)s %% of what only this memory says, in a"
        " passage that says it remembers."
    ),
)
_PATTERNS = tuple(
    (
        re.compile(re.escape(text % {"n": "N"}).replace("N\\ ", "(?P<n>[0-9]+)\\ ", 1)),
        text,
    )
    for text in WITH_FIGURES
)
_ENDS = re.compile(r"(?<=[.!?]) (?=[A-Z])")


def told(sentence: str) -> str:
    """The sentence, or each of several, in the language of now; unknown ones as they are."""
    if not sentence:
        return ""
    said = gettext(sentence)
    if said != sentence:
        return said
    for pattern, text in _PATTERNS:
        if match := pattern.fullmatch(sentence):
            return gettext(text) % match.groupdict()
    parts = _ENDS.split(sentence)
    return " ".join(told(part) for part in parts) if len(parts) > 1 else sentence
