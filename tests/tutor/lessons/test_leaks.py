"""Check 7: what a reply to an open question may hold."""

from __future__ import annotations

import pytest

from tutor.content.course import Item
from tutor.lessons.leaks import judge

HOSTS = Item("hosts", "masks", "numeric", "How many hosts fit in a /26?", "62")
HALF = Item("half", "adding", "numeric", "How much is 1/4 + 1/4?", "1/2")
NETWORK = Item("net", "masks", "text", "Which address names it?", "10.0.0.64")
NAMED = Item(
    "nat", "nat", "text", "What is it called?", "NAT",
    accepts=("network address translation",),
)  # fmt: skip
COUNTED = Item(
    "seq", "tcp", "text", "By what?", "sequence numbers", accepts=("sequence",)
)
SHARES = Item("shares", "ratios", "numeric", "How do 4 red and 6 blue relate?", "2:3")
LOWEST = Item("low", "lowest", "numeric", "Reduce 6/8.", "3/4", form="lowest")
MIXED = Item("mixed", "mixed", "numeric", "Write 5/2 mixed.", "2 1/2", form="mixed")
PICK = Item(
    "pick",
    "udp",
    "choice",
    "Which keeps the order?",
    "TCP",
    choices=("TCP", "UDP", "Both"),
)


@pytest.mark.parametrize(
    ("item", "reply"),
    [
        (HOSTS, "The answer is 62."),
        (HOSTS, "So 64 - 2 = 62, you see?"),
        (HOSTS, "You get **62** hosts."),
        (HOSTS, "62"),
        (HOSTS, "That leaves 62.0 of them."),
        (HALF, "It equals 0.5."),
        (HALF, "Two quarters are 2/4."),
        (HALF, "0,5 then."),
        (NETWORK, "Its name is 10.0.0.64."),
        (HOSTS, "62 is our answer."),
        (HOSTS, "That makes sixty-two."),
        (HALF, r"So it is \(\frac{1}{2}\)."),
        (HALF, "Then ½ remains."),
        (HALF, "That gives you one half."),
        (HALF, "Which is 50 % of it."),
        (SHARES, "2 : 3, then."),
        (SHARES, "They relate as 2 to 3."),
        (SHARES, "Four to six is 4:6."),
        (LOWEST, "Divide both by 2: 3/4."),
        (MIXED, "Two wholes and a half: 2½."),
        (NAMED, "The name is network address translation."),
        (COUNTED, "TCP gives each byte sequence numbers."),
        (PICK, "It is TCP."),
        (PICK, "Use TCP for that."),
    ],
)
def test_the_answer_is_never_shown(item: Item, reply: str) -> None:
    assert judge(item, reply, ()) == "withheld"


@pytest.mark.parametrize(
    ("item", "reply"),
    [
        (HOSTS, "How many bits are left for hosts?"),
        (HOSTS, "32 minus 26 is 6. How many values have 6 bits?"),
        (HOSTS, "A /26 has 64 addresses; which two may no host use?"),
        (HOSTS, "You wrote sixty two letters, and that is fine."),
        (HALF, "Count the quarters. How many have you?"),
        (HALF, "Take half of what you have."),
        (LOWEST, "The fraction is 6/8. What divides both?"),
        (MIXED, "How often does 2 go into the 5 of 5/2?"),
        (COUNTED, "They arrive in another sequence. How does TCP notice?"),
        (NETWORK, "Blocks begin at 0, 64, 128 and 192."),
        (NETWORK, "10.0.0.77 lies in which block?"),
        (PICK, "What would TCP do with a lost packet, and what would UDP do?"),
    ],
)
def test_a_question_that_leads_on_is_shown(item: Item, reply: str) -> None:
    assert judge(item, reply, ()) == "fine"


def test_a_number_of_the_dialogue_is_doubtful_and_no_proof() -> None:
    """Loose, not tight: written again once, then let through."""
    dialogue = ["I have 62 apples"]
    assert judge(HOSTS, "Your 62 apples do not matter here.", dialogue) == "doubtful"
    assert judge(HOSTS, "The result is 62.", dialogue) == "withheld"
