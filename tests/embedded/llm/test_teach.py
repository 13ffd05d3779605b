"""Tutors: two lessons a course, answers checked, adapted to what is remembered."""

from __future__ import annotations

import re

import pytest

from embedded.llm.lessons import lesson_of
from tests.embedded.llm.prompts import Chat

NETWORKS = ("Maren Holt", "Computer networks")
FRACTIONS = ("Idris Bello", "Fractions and ratios")
HOSTS = (
    "[m1] misconception, confidence 0.80: "
    "Learner thinks a /24 always has 256 usable hosts."
)
KNOWS_CIDR = (
    "[m2] concept_mastered, confidence 0.80: Learner understands CIDR notation."
)
EXAMPLES = (
    "[m3] learning_style, confidence 0.85: "
    "Learner says worked examples help them more than definitions."
)
FRIDAY = (
    "[m4] follow_up, confidence 0.88: Learner asked to review TCP and UDP on Friday."
)


def test_a_lesson_explains_asks_and_checks() -> None:
    chat = Chat(*NETWORKS)
    assert "How many hosts can it hold?" in chat.say("Teach me subnet masks.")
    assert "62" in chat.say("62")


@pytest.mark.parametrize(
    ("course", "opening", "answers"),
    [
        (NETWORKS, "Teach me subnet masks.", ["62 hosts", "10.0.0.64"]),
        (NETWORKS, "What is CIDR?", ["255.255.255.192", "/20"]),
        (
            NETWORKS,
            "TCP and UDP please",
            ["It would arrive too late", "TCP, every byte counts"],
        ),
        (FRACTIONS, "I never understood adding fractions.", ["5/6", "17/12"]),
        (FRACTIONS, "What is a ratio, really?", ["4 litres", "4.5"]),
    ],
)
def test_every_topic_can_be_walked_through(
    course: tuple[str, str], opening: str, answers: list[str]
) -> None:
    chat = Chat(*course)
    assert "**" in chat.say(opening)
    lesson = lesson_of(course[1])
    assert lesson is not None
    for answer in answers:
        reply = chat.say(answer)
        assert any(step.praise in reply for _, step in lesson.every_step), reply


def test_every_worked_answer_counts_as_right() -> None:
    for course in (NETWORKS[1], FRACTIONS[1]):
        lesson = lesson_of(course)
        assert lesson is not None
        for _, step in lesson.every_step:
            assert step.right.search(step.worked), step.ask


def test_wrong_answers_get_stronger_hints_and_then_the_worked_way() -> None:
    chat = Chat(*NETWORKS)
    chat.say("Teach me subnet masks.")
    replies = [chat.say(answer) for answer in ("64", "60", "58")]
    assert "right number of *addresses*" in replies[0]
    assert not any("62" in reply for reply in replies[:2])
    assert "62 remain" in replies[2] or "leaves 62" in replies[2]


def test_a_stuck_learner_gets_a_hint() -> None:
    chat = Chat(*NETWORKS)
    chat.say("Teach me subnet masks.")
    assert "How many are left for hosts?" in chat.say("I don't know, help")


def test_an_ok_leaves_the_question_open() -> None:
    chat = Chat(*NETWORKS)
    chat.say("Teach me subnet masks.")
    assert "How many are left for hosts?" in chat.say("ok")
    assert "62" in chat.say("62")


def test_a_stated_misconception_is_met_at_once() -> None:
    reply = Chat(*NETWORKS).say("TCP is faster than UDP because it is reliable.")
    assert "two different virtues" in reply


@pytest.mark.parametrize("said", ["Hello!", "Let's continue", "Teach me subnet masks"])
def test_a_remembered_misconception_comes_first(said: str) -> None:
    reply = Chat(*NETWORKS).say(said, HOSTS, KNOWS_CIDR)
    assert "you think a /24 always has 256 usable hosts [m1]" in reply
    assert "So how many hosts can a /24 really hold?" in reply
    assert markers(reply) == ["m1"]


def test_a_misconception_on_another_topic_stays_out() -> None:
    assert not markers(Chat(*NETWORKS).say("Teach me about TCP and UDP.", HOSTS))


def test_a_misconception_is_addressed_once() -> None:
    chat = Chat(*NETWORKS)
    chat.say("Hello", HOSTS)
    assert "[m1]" not in chat.say("254", HOSTS)
    assert "[m1]" not in chat.say("Let's go on", HOSTS)


def test_what_is_mastered_is_not_taught_again() -> None:
    reply = Chat(*NETWORKS).say("Now CIDR please", KNOWS_CIDR)
    assert "you understand CIDR notation [m2]" in reply
    assert "CIDR writes a mask" not in reply


def test_an_unsure_misconception_is_checked_and_not_assumed() -> None:
    reply = Chat(*NETWORKS).say("Teach me subnet masks", HOSTS.replace("0.80", "0.45"))
    assert "I may be wrong" in reply
    assert "check" in reply


def test_the_learning_style_changes_the_order() -> None:
    reply = Chat(*NETWORKS).say("Teach me about TCP and UDP.", EXAMPLES)
    assert "[m3]" in reply
    assert reply.index("file download") < reply.index("TCP numbers every byte")


def test_what_was_asked_for_last_time_is_taken_up() -> None:
    reply = Chat(*NETWORKS).say("Hi, let's start", FRIDAY)
    assert markers(reply) == ["m4"]
    assert "TCP numbers every byte" in reply


def test_an_unrelated_question_marks_nothing() -> None:
    said = "What does my sister play?"
    assert not markers(Chat(*NETWORKS).say(said, HOSTS, KNOWS_CIDR, EXAMPLES))


@pytest.mark.parametrize("course", [NETWORKS, FRACTIONS], ids=lambda c: c[1])
def test_a_long_lesson_repeats_no_reply(course: tuple[str, str]) -> None:
    talk = [
        *("Hello", "What shall we do?", "I don't know", "hm, 7?", "no idea", "next"),
        *("12", "I'm tired", "Who are you?", "explain again", "my cat is orange"),
        *("thanks", "another problem", "3", "are you an AI?", "bye"),
    ]
    chat = Chat(*course)
    replies = [chat.say(said) for said in talk]
    assert len(set(replies)) == len(replies)


def test_without_notes_a_tutor_remembers_nothing() -> None:
    assert "no notes" in Chat(*NETWORKS).say("What do you remember about me?")


def test_an_unknown_course_still_answers() -> None:
    assert Chat("Somebody", "Pottery").say("Teach me glazing.")


def markers(reply: str) -> list[str]:
    return re.findall(r"\[(m\d+)\]", reply)
