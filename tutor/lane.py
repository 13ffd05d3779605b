"""The lane of lessons: one anchor per learner, whatever the course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from chatapp.accounts.models import User
from chatapp.characters.cards import Card, card
from chatapp.conversations.lanes import Beside, Lane, Remark
from chatapp.conversations.models import Conversation, Message
from memory.taxonomy import TUTOR
from tutor.content.library import content
from tutor.content.visible import courses_for
from tutor.lessons import greeting, moment, practising, remarks
from tutor.lessons.card import card_values
from tutor.models import Course


def _instructions(conversation: Conversation) -> str:
    character = conversation.character
    course = Course.objects.get(tutor=character)
    # Titles alone: explanations hold answers, and come with what is being learnt.
    titles = "; ".join(concept.title for concept in content(course).in_order())
    return (
        f'You are {character.name}, tutor of the course "{course.title}".\n\n'
        f"{character.persona}\n\n"
        f"What the course teaches, in order: {titles}.\n\n"
        "If the notes say that the learner holds a misconception about what is being"
        " taught, take that up first. Do not teach again what they say is mastered."
        " Speak of what they give with a confidence below 0.60 as a guess. Ask one"
        " question at a time, and answer in the language the learner writes in."
    )


def _cards(user: User | AnonymousUser) -> list[Card]:
    courses = courses_for(user).select_related("tutor")
    return [replace(card(course.tutor), slug=course.slug) for course in courses]


def _beside(conversation: Conversation) -> Beside:
    return Beside(
        template="tutor/lesson/_practice.html",
        values=card_values(conversation),
        styles=("css/lesson.css",),
        scripts=("js/lesson.js", "js/answer.js"),
    )


def _remarks(
    _conversation: Conversation, messages: Sequence[Message]
) -> Mapping[UUID, Remark]:
    return remarks.remarks(messages)


TUTOR_LANE = Lane(
    name="tutor",
    taxonomy=TUTOR,
    external_id=lambda user: user.tutor_external_id,
    anchor_key=lambda _character: "learner",
    anchor_name=lambda _character: "Learner",
    instructions=_instructions,
    cards=_cards,
    greeting=greeting.greeting,
    heard=practising.heard,
    moment=moment.moment,
    beside=_beside,
    remarks=_remarks,
)
