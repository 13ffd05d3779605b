"""Extraction from Korean and Japanese, with content in that language."""

from __future__ import annotations

import pytest

from tests.embedded.llm.prompts import TUTOR_TYPES
from tests.embedded.llm.test_extract import atoms, kinds


@pytest.mark.parametrize(
    ("said", "kind", "content"),
    [
        ("저는 비 오는 날 재즈를 좋아해요.", "preference", "사용자는 비 오는 날 재즈를 좋아한다."),
        ("저는 고수를 정말 싫어해요.", "preference", "사용자는 고수를 싫어한다."),
        ("제가 가장 좋아하는 계절은 가을이에요.", "preference", "사용자가 가장 좋아하는 계절: 가을."),
        ("저는 고기를 안 먹어요.", "preference", "사용자는 고기를 먹거나 마시지 않는다."),
        ("제 이름은 준이에요.", "relationship_event", "사용자의 이름은 준이다."),
        ("저는 땅콩 알레르기가 있어요.", "relationship_event", "사용자는 땅콩 알레르기가 있다."),
        ("저는 부산에서 간호사로 일해요.", "relationship_event", "사용자는 부산에서 간호사로 일한다."),
        ("저는 부산에 살아요.", "relationship_event", "사용자는 부산에 산다."),
        ("제 동생이 6월에 결혼해요.", "relationship_event", "사용자의 동생이 6월에 결혼한다."),
        ("저는 고양이를 키워요.", "relationship_event", "사용자는 고양이를 키운다."),
        ("아버지 이야기는 하지 마세요.", "boundary", "사용자는 아버지 이야기를 하고 싶어 하지 않는다."),
        ("야간 근무 후에 너무 피곤해요.", "emotional_state", "사용자의 기분: 야간 근무 후에 너무 피곤해요."),
        ("다음에 영화 얘기 계속해요.", "promise", ""),
        ("내가 사진을 보내 줄게.", "promise", ""),
        ("私は雨の日のジャズが好きです。", "preference", "ユーザーは雨の日のジャズが好き。"),
        ("私はパクチーが苦手です。", "preference", "ユーザーはパクチーが嫌い、または苦手。"),
        ("好きな季節は秋です。", "preference", "ユーザーの好きな季節は秋。"),
        ("私は肉を食べません。", "preference", "ユーザーは肉を口にしない。"),
        ("私の名前はジュンです。", "relationship_event", "ユーザーの名前はジュン。"),
        ("私はピーナッツアレルギーがあります。", "relationship_event",
         "ユーザーはピーナッツアレルギーがある。"),
        ("私は釜山で看護師として働いています。", "relationship_event",
         "ユーザーは釜山で看護師働いている。"),
        ("私は大阪に住んでいます。", "relationship_event", "ユーザーは大阪に住んでいる。"),
        ("妹のミナが六月に結婚します。", "relationship_event", "ユーザーの妹のミナが六月に結婚する。"),
        ("猫を飼っています。", "relationship_event", "ユーザーは猫を飼っている。"),
        ("父の話はしないでください。", "boundary", "ユーザーは父の話をしたくない。"),
        ("夜勤のあとでとても疲れました。", "emotional_state", ""),
        ("映画の話の続きを今度しましょう。", "promise", ""),
    ],
)  # fmt: skip
def test_statements_become_atoms_in_their_language(
    said: str, kind: str, content: str
) -> None:
    found = kinds(said)
    assert [name for name, _ in found] == [kind]
    assert not content or found[0][1] == content


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("CIDR 표기법이 헷갈려요.", "struggle_point"),
        ("서브넷 마스크를 이해 못 하겠어요.", "struggle_point"),
        ("3월에 CCNA에 합격하고 싶어요.", "goal"),
        ("제 목표는 네트워크 관리자예요.", "goal"),
        ("정의보다 예제가 더 도움이 돼요.", "learning_style"),
        ("금요일에 서브넷을 복습할까요?", "follow_up"),
        ("이제 서브넷 마스크를 이해했어요.", "concept_mastered"),
        ("/24에는 항상 256개의 호스트를 쓸 수 있어요.", "misconception"),
        ("TCP가 UDP보다 더 빨라요.", "misconception"),
        ("CIDR表記がよくわかりません。", "struggle_point"),
        ("三月にCCNAに合格したいです。", "goal"),
        ("目標は管理者になることです。", "goal"),
        ("例があるとわかりやすいです。", "learning_style"),
        ("金曜日にサブネットの復習をしませんか？", "follow_up"),
        ("やっとサブネットマスクがわかりました。", "concept_mastered"),
        ("/24では256台のホストが使えます。", "misconception"),
        ("TCPはUDPより速いです。", "misconception"),
    ],
)
def test_learners_are_understood_in_their_language(said: str, kind: str) -> None:
    assert [name for name, _ in kinds(said, TUTOR_TYPES)] == [kind]


@pytest.mark.parametrize(
    "said",
    [
        *(
            "안녕하세요!",
            "네",
            "고마워요",
            "재즈 좋아하세요?",
            "만약 재즈를 좋아한다면 갔을 거예요.",
        ),
        *(
            "こんにちは！",
            "はい",
            "ありがとう",
            "ジャズは好きですか？",
            "もしジャズが好きなら行きます。",
        ),
        *("농담이야, 나는 고수를 사랑해 ㅋㅋ", "ジャズが好きかもしれません。"),
    ],
)
def test_greetings_questions_and_hypotheticals_store_nothing(said: str) -> None:
    assert atoms(said) == []
