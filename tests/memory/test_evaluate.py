"""Which memories a reply used, and whether it may reinforce any."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.evaluate import AtomVerdict, evaluate, explain, finality
from memory.refusal import refuses
from memory.reply import Citation, Ending, Reply
from memory.support import Support
from tests.memory.doubles import injected

ASKED = ["What shall I play tonight?"]
JAZZ = "User likes rainy jazz playlists."
FATHER = "User does not want to talk about their father."
EVERYDAY_ATOMS = [
    "User likes tea.",
    "User has a cat.",
    "User is tired today.",
    "User's name is Sam.",
    "User works at night.",
    "User lives in Berlin.",
    "User had a good day.",
    "User feels happy.",
    "User has two sisters.",
    "User goes running in the morning.",
    "User does not want to talk about work.",
    "User started a new job last week.",
    "User is nervous about an exam tomorrow.",
    "User's mother is ill.",
    "User thinks a lot about the old house.",
    "Learner still confuses TCP and UDP.",
    "Learner prefers short examples.",
    "Learner wants to pass the exam in June.",
    "Learner finds subnet masks difficult.",
    "Learner asked for more time to answer.",
]
UNRELATED = [
    "Good morning! How are you today? I hope you slept well and have a good day.",
    "That sounds like a good plan. Let me know how it goes, I am happy to help.",
    "I love this time of the year. The leaves turn gold, and the city is quiet at night.",
    "Let's look at an example: 10.0.0.7 wants to reach 10.0.1.9. What does it do first?",
    "Thank you for telling me. It is not easy to talk about such things. Take your time.",
    "I spent last week painting the old boat. My sister came by in the morning.",
    "A mask tells which part of an address names the network. Try 192.168.4.77/26.",
    "You made a start, and that is what counts. Tomorrow is another day.",
    "Sure, here is a short summary of the work so far, and what is still open.",
]


def said(
    text: str, *labels: str, ending: Ending = "complete", finish: str = "stop"
) -> Reply:
    citations = tuple(Citation(label, len(text)) for label in labels)
    return Reply(text, ending=ending, citations=citations, finish=finish)


def judged(reply: Reply, *atoms: str, earlier: list[str] = ASKED) -> AtomVerdict:
    """The verdict on the first of these atoms."""
    return evaluate(reply, injected(*atoms), earlier).atoms[0]


def test_a_cited_and_supported_memory_is_verified() -> None:
    verdict = evaluate(
        said("A rainy jazz playlist, as ever.", "m1"), injected(JAZZ, FATHER), ASKED
    )
    assert verdict.final
    assert verdict.used
    assert verdict.verified_ids == ("a1",)
    first, second = verdict.atoms
    assert first.cited
    assert first.used
    assert first.support == 1
    assert first.reason.startswith("Cited, and the reply contains 100 %")
    assert (second.cited, second.used, second.verified) == (False, False, False)
    assert second.reason == "In the prompt, not used."


def test_a_wrong_marker_is_named_and_not_told_as_used() -> None:
    atom = judged(said("Anything you like.", "m1"), JAZZ)
    assert (atom.cited, atom.used, atom.verified, atom.support) == (
        True,
        False,
        False,
        0,
    )
    assert atom.reason == "Cited, but nothing in the reply is new from this memory."


def test_a_marker_that_names_the_wrong_memory_verifies_neither_by_itself() -> None:
    verdict = evaluate(
        said("Some tea.", "m2"), injected("User likes tea.", JAZZ), ASKED
    )
    assert verdict.verified_ids == ()
    assert [atom.used for atom in verdict.atoms] == [False, False]
    assert [atom.cited for atom in verdict.atoms] == [False, True]


def test_strong_support_counts_without_a_marker() -> None:
    atom = judged(said("Rainy jazz, what else?"), JAZZ, FATHER)
    assert (atom.cited, atom.used, atom.verified) == (False, True, True)
    assert atom.reason.startswith("Not cited, but the reply contains")


def test_no_verdict_is_told_as_nothing_at_all() -> None:
    alike = Support(0.0, 0.0, 1.2, 0.5, 0.9, 3.0, 5.0, paired=False)
    assert explain(alike, cited=False, said=True) == (
        "Not cited, but the reply says that it remembers this, in words of its own."
    )


def test_one_word_alone_is_no_use_without_a_marker() -> None:
    assert not judged(said("How about a cup of tea?"), "User likes tea.").used
    assert judged(said("How about a cup of tea?", "m1"), "User likes tea.").verified


def test_what_is_far_weaker_than_the_best_is_no_use_without_a_marker() -> None:
    weak = "Anna keeps bees, paints boats, bakes bread, fixes radios and reads maps."
    reply = said("Rainy jazz playlists! And bees, boats.")
    assert judged(reply, weak, JAZZ, weak + " Often.").verified is False


def test_labels_that_were_never_injected_are_stray_and_count_for_nothing() -> None:
    verdict = evaluate(said("Rain.", "m9", "m12", "m9"), injected(FATHER), ASKED)
    assert verdict.stray == ("m9", "m12")
    assert not verdict.used
    assert verdict.verified_ids == ()


def test_words_that_were_already_said_count_for_nothing() -> None:
    earlier = [*ASKED, "Or my rainy jazz playlist?"]
    atom = judged(said("Your rainy jazz playlist!", "m1"), JAZZ, earlier=earlier)
    assert (atom.cited, atom.used, atom.verified, atom.support) == (
        True,
        False,
        False,
        0,
    )


def test_without_memory_nothing_is_used() -> None:
    verdict = evaluate(said("Hello."), [], ASKED)
    assert (verdict.final, verdict.used, verdict.atoms) == (True, False, ())


# A citation claims the sentence before it. Support is looked for in the whole reply,
# because what a memory brings is often spread over two sentences.
def test_support_is_looked_for_in_the_whole_reply() -> None:
    assert judged(said("Of course. Jazz, with rain on the roof.", "m1"), JAZZ).verified


@pytest.mark.parametrize("atom", EVERYDAY_ATOMS)
def test_a_short_memory_is_not_found_in_a_reply_that_does_not_use_it(atom: str) -> None:
    for text in UNRELATED:
        assert not judged(said(text), atom, earlier=["Tell me something."]).verified


def test_wrong_markers_behind_everyday_words_seldom_pass() -> None:
    passed = [
        (text, atom)
        for text in UNRELATED
        for atom in EVERYDAY_ATOMS
        if judged(said(text, "m1"), atom, earlier=["Tell me something."]).verified
    ]
    assert len(passed) <= 0.07 * len(UNRELATED) * len(EVERYDAY_ATOMS)


@pytest.mark.parametrize(
    ("atom", "reply", "used"),
    [
        ("사용자는 비 오는 날 재즈를 좋아해요.", "비 오는 날엔 재즈 어때요?", True),
        ("사용자는 매운 음식을 못 먹어요.", "오늘 하루는 어땠어요?", False),
        ("ユーザーは雨の日のジャズが好きです。", "雨の日のジャズをどうぞ。", True),
        ("ユーザーは先週京都に引っ越しました。", "何か食べましたか？", False),
        ("用户喜欢下雨天的爵士乐。", "来点下雨天的爵士乐吧。", True),
        ("用户上周搬到了北京。", "你觉得怎么样？", False),
        ("Пользователь любит дождливый джаз.", "Тогда дождливый джаз!", True),
    ],
)
def test_support_in_other_scripts(atom: str, reply: str, used: bool) -> None:
    found = judged(said(reply, "m1"), atom, earlier=["?"])
    assert (found.cited, found.used, found.verified) == (True, used, used)


@pytest.mark.parametrize(
    ("atom", "reply", "verified"),
    [
        ("ユーザーは雨の日のジャズが好きです。", "雨の日のジャズをどうぞ。", True),
        (
            "ユーザーは昨日とても疲れていました。",
            "何かあったのですか、話していました？",
            False,
        ),
        ("用户喜欢下雨天的爵士乐。", "来点下雨天的爵士乐吧。", True),
        ("用户喜欢喝咖啡。", "一起喝咖啡吧。", False),
        ("사용자는 커피를 좋아해요.", "저도 여행을 좋아해요.", False),
    ],
)
def test_without_a_marker_a_pair_of_characters_is_half_a_word(
    atom: str, reply: str, verified: bool
) -> None:
    assert judged(said(reply), atom, earlier=["?"]).verified is verified


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (said("Rainy jazz", "m1", ending="stopped"), "stopped"),
        (said("Rainy jazz", "m1", ending="failed"), "failed"),
        (said("Rainy jazz", "m1", ending="interrupted"), "interrupted"),
        (said("Rainy jazz", "m1", ending="replaced"), "replaced"),
        (said("Rainy jazz", "m1", finish="content_filter"), "refusal"),
        (said("I can't help with that. Rainy jazz.", "m1"), "refusal"),
        (said(" \n", "m1"), "empty"),
    ],
    ids=[
        "stopped",
        "failed",
        "interrupted",
        "replaced",
        "filtered",
        "refused",
        "empty",
    ],
)
def test_a_reply_that_is_not_final_reinforces_nothing(
    reply: Reply, reason: str
) -> None:
    verdict = evaluate(reply, injected(JAZZ), ASKED)
    assert verdict.final is False
    assert reason in verdict.reason
    assert verdict.reason.endswith("so it reinforces nothing.")
    assert verdict.verified_ids == ()
    # The page still shows what it drew on.
    assert verdict.used is bool(reply.text.strip())


def test_a_complete_reply_is_final() -> None:
    assert finality(said("Yes.")) == (True, "The reply is complete.")


@pytest.mark.parametrize(
    "text",
    [
        "I can't help with that.",
        "I can\u2019t assist with this request.",
        "I'm sorry, but I can't help with that.",
        "I\u2019m really sorry, but I cannot provide that.",
        "Sorry, I won't continue this.",
        "I'm unable to help with that.",
        "I am not able to discuss this topic.",
        "Unfortunately, I cannot comply.",
        "As an AI language model, I cannot provide medical advice.",
        "As an AI, I'm not able to do that.",
        "\n**I can't do that.**",
        "죄송하지만 그건 도와드릴 수 없습니다.",
        "죄송합니다, 그 질문에는 답변하기 어렵습니다.",
        "그 내용은 도와드릴 수 없어요."[6:],
        "申し訳ありませんが、お手伝いできません。",
        "すみませんが、そのご質問にはお答えできかねます。",
        "お答えすることはできません。",
        "抱歉，我无法帮助你完成这个请求。",
        "很抱歉，我不能提供这些信息。",
        "对不起，这个我没办法回答。",
        "我无法提供这类内容。",
    ],
)
def test_a_refusal_is_known_by_how_it_opens(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "I can't help but smile when I think of Mochi.",
        "I can't help thinking of your father.",
        "I'm sorry, I can hear how hard that was.",
        "I'm so sorry about your cat.",
        "I can't wait to hear it!",
        "I can't come on Sunday, but Monday is fine.",
        "Sorry I was late! I brought the jazz records.",
        "As an AI tutor would say: masks first.",
        "Of course. They told me: I can't help with that.",
        "죄송해요, 어제는 제가 늦었네요.",
        "申し訳ありません、昨日は遅くなりました。",
        "ごめん、猫の話をもっと聞かせて。",
        "抱歉，让你久等了。",
        "我不能没有音乐。",
        "",
    ],
)
def test_an_apology_or_a_turn_of_speech_is_no_refusal(text: str) -> None:
    assert not refuses(text)


LABELS = st.lists(st.sampled_from(["m1", "m2", "m3", "m9"]))
SENTENCES = st.lists(st.sampled_from([JAZZ, FATHER, *UNRELATED, "雨の日のジャズ"]))
ENDINGS = st.sampled_from(["complete", "stopped", "failed", "interrupted"])


@given(SENTENCES.map(" ".join), LABELS, ENDINGS, SENTENCES)
@settings(max_examples=200, deadline=None)
def test_verified_is_used_and_injected_and_final(
    text: str, labels: list[str], ending: str, earlier: list[str]
) -> None:
    reply = said(text, *labels, ending=cast("Ending", ending))
    atoms = injected(JAZZ, FATHER, "User has a cat.")
    verdict = evaluate(reply, atoms, earlier)
    used = {atom.atom_id for atom in verdict.atoms if atom.used}
    assert set(verdict.verified_ids) <= used <= {item.atom.atom_id for item in atoms}
    assert all(0 <= atom.support <= 1 for atom in verdict.atoms)
    assert verdict.final or not verdict.verified_ids
