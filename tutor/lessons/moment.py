"""What a lesson adds to one turn: the guidance, what memory is asked, the leak gate.

Read from the rows when the reply begins, also for a reply that is written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.conversations import context
from chatapp.conversations.lanes import Moment
from chatapp.conversations.models import Conversation, Message
from memory.vetting import Judgement, Vet
from tutor.content.course import Item
from tutor.content.library import content
from tutor.learner.reading import learner_state
from tutor.lessons import leaks, lints, reading
from tutor.lessons.guidance import Attempt, Card, guidance
from tutor.lessons.ladder import standing
from tutor.models import Lesson, Move, Question
from tutor.models.lesson import MoveKind, QuestionState

QUERY_CHARS = 600
REMINDER = (
    "Your draft gave away the answer to the question on the card, or claimed to have"
    " saved or scheduled something. Write the reply again without that answer, without"
    " any figure or word that equals it, and without such a claim: ask the question"
    " that leads one step on."
)


def moment(conversation: Conversation, message: Message) -> Moment:
    """What belongs to the reply to this message."""
    lesson = reading.lesson_of(conversation)
    course = content(lesson.course)
    state = learner_state(conversation.user, lesson.course, timezone.now())
    question = _question(lesson, message)
    card = card_of(question, message) if question else None
    last = question or reading.last_question(lesson)
    concept = last.concept if last else ""
    text = guidance(course, state, card, concept)
    if card is None:
        return Moment(instructions=f"{text}\n\nThe course:\n{lesson.course.topics}")
    about = course.concepts.get(card.item.concept)
    query = " ".join([about.title if about else "", card.item.prompt, message.text])
    return Moment(
        instructions=text,
        query=query[:QUERY_CHARS],
        vet=_vet(conversation, card) if card.is_open else None,
    )


def judge(item: Item, dialogue: Sequence[str], text: str) -> Judgement:
    """Whether a reply to an open question may be shown."""
    found = leaks.judge(item, text, dialogue)
    if found == "fine" and lints.claims_a_write(text):
        return "doubtful"
    return found


def card_of(question: Question, message: Message | None = None) -> Card | None:
    """The question as the model is told of it."""
    item = reading.item_of(question)
    if item is None:
        return None
    moves = list(question.moves.all())
    now = standing(moves)
    return Card(
        item=item,
        standing=now,
        is_open=question.state == QuestionState.OPEN,
        state=question.get_state_display().lower(),
        attempts=[
            Attempt(
                text=move.text,
                right=bool(move.right),
                misconception=move.misconception,
                is_now=bool(message and move.message_id == message.pk),
            )
            for move in moves
            if move.kind == MoveKind.ANSWER
        ],
        shown=[hint.text for hint in item.hints[: now.level]],
    )


def _question(lesson: Lesson, message: Message) -> Question | None:
    """The question that the message answered, else the one that is open."""
    move = (
        Move.objects.filter(message=message)
        .select_related("question__lesson__course")
        .first()
    )
    return move.question if move else reading.open_question(lesson)


def _vet(conversation: Conversation, card: Card) -> Vet:
    said = [said.text for said in context.SaidAsked(conversation).all()]
    dialogue = [*said, *card.shown, *card.item.choices]
    return Vet(
        judge=partial(judge, card.item, dialogue),
        reminder=REMINDER,
        sorry=_(
            "This reply would have given the answer away, so it is not shown. Try the"
            " question, take a hint, or regenerate the reply."
        ),
    )
