"""Korean, Japanese and Chinese are found at least as well as by pairs of characters."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest

from tests.embedded.maas.caller import Caller

FIRST = 3
# Each atom with a question whose first answers must hold it.
PAIRS = {
    "korean": [
        ("사용자는 비 오는 날 재즈 음악을 좋아한다.", "비가 오는데 음악 추천해 줘"),
        ("사용자는 강아지 보리를 키운다.", "보리가 오늘 밥을 안 먹어"),
        ("사용자는 매운 음식을 못 먹는다.", "저녁에 매운 거 먹으러 갈까?"),
        ("사용자는 다음 주 금요일에 면접이 있다.", "면접 준비를 어떻게 하지?"),
        ("사용자는 부산에서 태어나 서울로 이사했다.", "내 고향이 부산인 거 기억나?"),
        ("사용자의 여동생 지은은 6월에 결혼한다.", "지은이 결혼식에 뭘 입지?"),
        ("사용자는 땅콩 알레르기가 있다.", "이 과자에 땅콩이 들어 있대"),
        ("사용자는 첼로를 배우고 있다.", "오늘 첼로를 한 시간 연습했어"),
        ("사용자는 간호사로 야간 근무를 한다.", "야간 근무가 너무 힘들어"),
        ("사용자는 아침에 짧은 답장을 좋아한다.", "아침이니까 짧게 말해 줘"),
        ("사용자는 마라톤을 완주하는 것이 목표다.", "마라톤 훈련을 시작했어"),
        (
            "사용자는 할머니의 된장찌개를 그리워한다.",
            "할머니가 끓여 주시던 찌개 생각나",
        ),
    ],
    "japanese": [
        ("ユーザーは雨の日のジャズが好きです。", "雨だしジャズでも流して"),
        ("ユーザーは猫のミケを飼っています。", "ミケがご飯を食べないんだ"),
        ("ユーザーは辛い食べ物が苦手です。", "今夜は辛いカレーにしようか"),
        ("ユーザーは来週の金曜日に面接があります。", "面接で何を話せばいいかな"),
        (
            "ユーザーは大阪で生まれ、京都に引っ越しました。",
            "京都への引っ越しから一年だね",
        ),
        ("ユーザーの妹の由美は六月に結婚します。", "由美の結婚式で何を着よう"),
        (
            "ユーザーはピーナッツアレルギーがあります。",
            "このお菓子、ピーナッツ入りかな",
        ),
        ("ユーザーはチェロを習っています。", "今日はチェロを一時間練習した"),
        ("ユーザーは看護師で夜勤をしています。", "夜勤明けでとても疲れた"),
        ("ユーザーは朝は短い返事を好みます。", "朝だから短く答えて"),
        ("ユーザーはマラソンの完走を目標にしています。", "マラソンの練習を始めたよ"),
        ("ユーザーは祖母の味噌汁を懐かしんでいます。", "祖母が作った味噌汁が飲みたい"),
    ],
    "chinese": [
        ("用户喜欢在雨天听爵士乐。", "下雨了,放点爵士乐吧"),
        ("用户养了一只叫豆豆的狗。", "豆豆今天不肯吃饭"),
        ("用户不能吃辣的食物。", "晚上去吃辣的火锅好不好"),
        ("用户下周五有一个面试。", "面试我该怎么准备"),
        ("用户出生在青岛,后来搬到北京。", "我想念青岛的海"),
        ("用户的妹妹小雨六月结婚。", "小雨的婚礼我穿什么"),
        ("用户对花生过敏。", "这个饼干里有花生吗"),
        ("用户在学大提琴。", "今天练了一小时大提琴"),
        ("用户是上夜班的护士。", "夜班真的太累了"),
        ("用户想跑完一次马拉松。", "我开始马拉松训练了"),
    ],
}
FILLERS = {
    "korean": "사용자는 {}번째 산책에서 새로운 길을 찾았다.",
    "japanese": "ユーザーは{}回目の散歩で新しい道を見つけました。",
    "chinese": "用户在第{}次散步时发现了新的路。",
}


def _pairs(text: str) -> list[str]:
    runs = re.findall(r"\w+", text)
    return [run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))]


def _by_pairs(contents: list[str], query: str) -> list[str]:
    """Plain BM25 over character pairs: the first answers."""
    texts = [Counter(_pairs(content)) for content in contents]
    average = sum(text.total() for text in texts) / len(texts)

    def score(text: Counter[str]) -> float:
        norm = 1.2 * (0.25 + 0.75 * text.total() / average)
        total = 0.0
        for term in set(_pairs(query)) & text.keys():
            held = sum(term in other for other in texts)
            rarity = math.log1p((len(texts) - held + 0.5) / (held + 0.5))
            total += rarity * text[term] * 2.2 / (text[term] + norm)
        return total

    ranked = sorted(zip(map(score, texts), contents, strict=True), reverse=True)
    return [content for points, content in ranked[:FIRST] if points > 0]


@pytest.mark.parametrize("language", PAIRS)
async def test_no_language_is_found_worse_than_by_character_pairs(
    acme: Caller, language: str
) -> None:
    anchor = await acme.anchor()
    contents = [content for content, _ in PAIRS[language]]
    contents += [FILLERS[language].format(number) for number in range(2, 12)]
    for content in contents:
        await acme.atom(anchor, content)
    ours, theirs = [], []
    for content, query in PAIRS[language]:
        items = (await acme.recall(anchor, query, limit=FIRST))["items"]
        if content not in [item["content"] for item in items]:
            ours.append(query)
        if content not in _by_pairs(contents, query):
            theirs.append(query)
    assert len(ours) <= len(theirs), (ours, theirs)
    assert len(ours) <= 1, ours
