"""What is true instead of something else, and what merely stands beside it."""

from __future__ import annotations

import pytest

from memory.changes import replaces


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("User moved to Porto.", "User lives in Lisbon."),
        ("User works at Nordlys.", "User works for Baker & Sons."),
        ("User is 31 years old.", "User is 30 years old."),
        ("User's favourite tea is oolong.", "User's favourite tea is sencha."),
        ("User does not like coffee.", "User likes coffee."),
        ("User hates mushrooms.", "User loves mushrooms."),
        ("User eats meat.", "User does not eat meat."),
        ("Learner's exam is in June.", "Learner's exam is in May."),
        ("사용자는 부산으로 이사했다.", "사용자는 서울에 산다."),
        ("ユーザーは京都に引っ越した。", "ユーザーは東京に住んでいる。"),
        ("用户搬到了上海。", "用户住在北京。"),
    ],
)
def test_one_place_holds_one_value(new: str, old: str) -> None:
    assert replaces(new, old)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("User lives in a flat with two cats.", "User lives in Lisbon."),
        ("User works at night.", "User works at Nordlys."),
        ("User works at Nordlys.", "User works as a nurse."),
        ("User likes tea.", "User likes coffee."),
        ("User likes coffee in the morning.", "User does not like coffee."),
        ("User's favourite tea is oolong.", "User's favourite song is Blue."),
        ("User's sister lives in Porto.", "User lives in Lisbon."),
        ("User lives in Lisbon, near the river.", "User lives in Lisbon."),
        ("User has a cat.", "User has a dog."),
        ("사용자는 고양이를 좋아한다.", "사용자는 서울에 산다."),
    ],
)
def test_when_unsure_both_stay(new: str, old: str) -> None:
    assert not replaces(new, old)
