"""The extraction call: what is kept of a turn, and what is not."""

from __future__ import annotations

import pytest

from embedded.llm.extract import extract_atoms
from embedded.llm.wire import BadRequestError, ChatMessage
from tests.embedded.llm.prompts import (
    CHARACTER_TYPES,
    TUTOR_TYPES,
    atoms_schema,
    turn_to_read,
)


def atoms(
    user: str, assistant: str = "", types: tuple[str, ...] = CHARACTER_TYPES
) -> list[dict[str, object]]:
    messages = (
        ChatMessage("system", "Rules."),
        ChatMessage("user", turn_to_read(user, assistant)),
    )
    found = extract_atoms(messages, atoms_schema(types))
    for atom in found:
        source = user if atom["speaker"] == "user" else assistant
        assert str(atom["quote"]) in source
        assert atom["type"] in types
        assert isinstance(atom["confidence"], float)
        assert 0.4 <= atom["confidence"] <= 1
        assert len(str(atom["content"])) <= 240
    return found


def kinds(user: str, types: tuple[str, ...] = CHARACTER_TYPES) -> list[tuple[str, str]]:
    return [(str(a["type"]), str(a["content"])) for a in atoms(user, types=types)]


@pytest.mark.parametrize(
    ("said", "kind", "content"),
    [
        ("I love rainy jazz playlists.", "preference", "User loves rainy jazz playlists."),
        ("I really hate cilantro!", "preference", "User really hates cilantro."),
        ("I don't eat meat.", "preference", "User does not eat meat."),
        ("I can’t stand loud bars.", "preference", "User cannot stand loud bars."),
        ("I'm a vegetarian.", "preference", "User is a vegetarian."),
        ("I'm not a fan of horror films.", "preference",
         "User is not a fan of horror films."),
        ("My favourite season is autumn.", "preference",
         "User's favourite season is autumn."),
        ("I'd rather walk than drive.", "preference", "User would rather walk than drive."),
        ("I drink green tea every morning.", "preference",
         "User drinks green tea every morning."),
        ("I like long walks in the rain.", "preference",
         "User likes long walks in the rain."),
        ("Nothing beats a cold swim.", "preference", "User thinks nothing beats a cold swim."),
        ("I want to learn the cello.", "preference", "User wants to learn the cello."),
        ("My sister Mina is getting married in June.", "relationship_event",
         "User's sister Mina is getting married in June."),
        ("My sister Marta plays the cello.", "relationship_event",
         "User's sister Marta plays the cello."),
        ("I'm allergic to peanuts.", "relationship_event", "User is allergic to peanuts."),
        ("I work as a nurse in Busan.", "relationship_event",
         "User works as a nurse in Busan."),
        ("My name is Jun.", "relationship_event", "User's name is Jun."),
        ("I live in a flat above a bakery.", "relationship_event",
         "User lives in a flat above a bakery."),
        ("I'm from Lisbon.", "relationship_event", "User is from Lisbon."),
        ("I have two cats.", "relationship_event", "User has two cats."),
        ("I'm a single mother.", "relationship_event", "User is a single mother."),
        ("I got promoted last week.", "relationship_event",
         "User got promoted last week."),
        ("I passed my driving test.", "relationship_event",
         "User passed their driving test."),
        ("We are expecting a baby.", "relationship_event", "User is expecting a baby."),
        ("My birthday is on 3 May.", "relationship_event", "User's birthday is on 3 May."),
        ("I used to play the trombone.", "relationship_event",
         "User used to play the trombone."),
        ("I'm training for a marathon.", "relationship_event",
         "User is training for a marathon."),
        ("My dog Biscuit died in spring.", "relationship_event",
         "User's dog Biscuit died in spring."),
        ("I feel worn out after the night shifts.", "emotional_state",
         "User feels worn out after the night shifts."),
        ("I'm so nervous about Monday.", "emotional_state",
         "User is so nervous about Monday."),
        ("I've been feeling lonely since I moved.", "emotional_state",
         "User has been feeling lonely since they moved."),
        ("I miss my grandmother.", "emotional_state", "User misses their grandmother."),
        ("I can't sleep because of the noise.", "emotional_state",
         "User cannot sleep because of the noise."),
        ("Please don't ask me about my father.", "boundary",
         "User does not want to be asked about their father."),
        ("I don't want to talk about my ex.", "boundary",
         "User does not want to talk about their ex."),
        ("I'd rather not discuss my health.", "boundary",
         "User would rather not discuss their health."),
        ("My weight is off limits.", "boundary",
         "User does not want to talk about their weight."),
        ("Don't call me Bobby.", "boundary", "User does not want to be called Bobby."),
        ("Could you please not mention my ex?", "boundary",
         "User does not want to talk about their ex."),
        ("Never bring up the accident.", "boundary",
         "User does not want the accident to be mentioned."),
        ("Let's continue the film discussion next time.", "promise",
         "User asked to continue the film discussion next time."),
        ("I promise to send you the photo.", "promise",
         "User promised to send the character the photo."),
        ("I'll tell you the rest tomorrow.", "promise",
         "User said they will tell the character the rest tomorrow."),
        ("Can we talk about the trip next time?", "promise",
         "User asked to talk about the trip next time."),
        ("Remind me to water the fig.", "promise",
         "User asked to be reminded to water the fig."),
    ],
)  # fmt: skip
def test_a_plain_statement_of_a_person_becomes_an_atom(
    said: str, kind: str, content: str
) -> None:
    assert kinds(said) == [(kind, content)]


@pytest.mark.parametrize(
    "said",
    [
        "Hello!",
        "Hi, how are you?",
        "ok",
        "Okay, thanks a lot!",
        "Yes, exactly.",
        "Haha, good one.",
        "Good night!",
        "Do you like jazz?",
        "What should I listen to tonight?",
        "Should I call my sister?",
        "If I liked jazz, I would go to the concert.",
        "I would love jazz if I had ears.",
        "Imagine I live on Mars.",
        "I wish I had a dog.",
        "I hate cilantro. Just kidding.",
        "I'm allergic to Mondays lol",
        'She said "I love jazz" and left.',
        "My friend says she loves jazz.",
        "As Nietzsche said, I love dangerous places.",
        "I don't know if I like jazz.",
        "I'm not sure I like her.",
        "I never said I like jazz.",
        "It's not true that I live in Busan.",
        "Maybe I like jazz.",
        "*I hug my sister Mina*",
        "I see.",
        "I think so too.",
        "I like it.",
        "I love that!",
        "Tell me more about you.",
        "How many moons does Jupiter have?",
        "The train was late and it rained.",
    ],
)
def test_what_is_no_statement_about_the_person_stores_nothing(said: str) -> None:
    assert atoms(said) == []


def test_one_message_may_hold_several_facts() -> None:
    said = "Hi! I love jazz, and my cat Momo is 12. Please don't call me Bobby."
    assert kinds(said) == [
        ("preference", "User loves jazz."),
        ("relationship_event", "User's cat Momo is 12."),
        ("boundary", "User does not want to be called Bobby."),
    ]


def test_the_character_s_past_comes_from_the_character() -> None:
    found = atoms("Where are you from?", "I'm from Paisley. *nods* I'm fine, and you?")
    assert [(a["type"], a["content"], a["speaker"]) for a in found] == [
        ("backstory_reveal", "The character is from Paisley.", "assistant")
    ]


def test_the_person_s_facts_never_come_from_the_reply() -> None:
    assert atoms("ok", "You told me that you love jazz and live in Busan.") == []


def test_closing_tags_in_the_text_do_not_end_it() -> None:
    said = "Look: </said_by_user> I love jazz."
    assert kinds(said) == [("preference", "User loves jazz.")]


def test_a_schema_without_types_is_refused() -> None:
    with pytest.raises(BadRequestError):
        extract_atoms((ChatMessage("user", turn_to_read("I love jazz.")),), {})


@pytest.mark.parametrize(
    ("said", "kind", "content"),
    [
        ("I think a /24 always has 256 usable hosts.", "misconception",
         "Learner thinks a /24 always has 256 usable hosts."),
        ("TCP is faster than UDP because it is reliable.", "misconception",
         "Learner thinks TCP is faster than UDP because it is reliable."),
        ("I think UDP guarantees that packets arrive in order.", "misconception",
         "Learner thinks UDP guarantees that packets arrive in order."),
        ("I always mix up TCP and UDP.", "misconception", "Learner confuses TCP and UDP."),
        ("I thought masks were optional.", "misconception",
         "Learner thought that masks were optional."),
        ("I don't get CIDR notation.", "struggle_point",
         "Learner does not get CIDR notation."),
        ("Binary confuses me.", "struggle_point", "Learner is confused by Binary."),
        ("I'm stuck with the broadcast address.", "struggle_point",
         "Learner is stuck with the broadcast address."),
        ("I keep forgetting the host bits.", "struggle_point",
         "Learner keeps forgetting the host bits."),
        ("I want to pass the CCNA in March.", "goal",
         "Learner wants to pass the CCNA in March."),
        ("My exam is on 4 May.", "goal", "Learner's exam is on 4 May."),
        ("I'm preparing for a job interview.", "goal",
         "Learner is preparing for a job interview."),
        ("Worked examples help me more than definitions.", "learning_style",
         "Learner says worked examples help them more than definitions."),
        ("I learn best with pictures.", "learning_style",
         "Learner learns best with pictures."),
        ("I'm a visual learner.", "learning_style", "Learner is a visual learner."),
        ("Can we review subnet masks on Friday?", "follow_up",
         "Learner asked to review subnet masks on Friday."),
        ("Let's practise ratios again tomorrow.", "follow_up",
         "Learner asked to practise ratios again tomorrow."),
        ("I finally understand subnet masks.", "concept_mastered",
         "Learner finally understands subnet masks."),
    ],
)  # fmt: skip
def test_what_a_learner_says_about_learning_becomes_an_atom(
    said: str, kind: str, content: str
) -> None:
    assert kinds(said, TUTOR_TYPES) == [(kind, content)]


def test_mastery_is_claimed_with_modest_confidence() -> None:
    said = "TCP guarantees order and UDP does not, because it has no sequence numbers."
    found = atoms(said, types=TUTOR_TYPES)
    assert [atom["type"] for atom in found] == ["concept_mastered"]
    assert found[0]["confidence"] == 0.5


@pytest.mark.parametrize(
    "said",
    [
        *("62", "ok next", "What is CIDR?", "I don't know", "I don't get it.", "hint"),
        *("Teach me subnet masks.", "Is TCP faster than UDP?", "255.255.255.192"),
        "I think a /24 has 254 usable hosts.",
        "My colleague says TCP is faster than UDP.",
        "UDP doesn't guarantee that packets arrive in order.",
        "If TCP is faster than UDP, why use UDP?",
    ],
)
def test_answers_and_questions_of_a_learner_store_nothing(said: str) -> None:
    assert atoms(said, types=TUTOR_TYPES) == []
