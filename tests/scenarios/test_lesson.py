"""A learner's lessons in a browser: one whole, a relapse, a follow-up that comes due.

The clock is moved by moving everything that has happened into the past.
"""

from __future__ import annotations

from functools import cache

from playwright.async_api import Locator, Route, expect

from tests.harness import database
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site
from tutor.content.course import CourseContent, Item

COURSE, TUTOR, SLUG = "Computer networks", "Maren Holt", "computer-networks"
REPLY_MS = 30_000
LATER = """
    UPDATE tutor_evidence SET at = at - interval '{days} days';
    UPDATE tutor_followup SET due_at = due_at - interval '{days} days';
    UPDATE tutor_question SET opened_at = opened_at - interval '{days} days',
        closed_at = closed_at - interval '{days} days';
    UPDATE tutor_move SET at = at - interval '{days} days';
    UPDATE conversations_conversation
        SET updated_at = updated_at - interval '{days} days'
"""
PUT = """
    UPDATE tutor_question SET item = '{0}', concept = '{1}'
    WHERE state = 'open' AND lesson_id IN (
        SELECT id FROM tutor_lesson WHERE conversation_id = '{2}')
"""
OWED = """
    SELECT f.text FROM tutor_followup f
    JOIN conversations_conversation v ON v.user_id = f.learner_id
    WHERE v.id = %s AND f.status = 'open'
"""


@cache
def course() -> CourseContent:
    from tutor.content.library import builtin  # Django is set up by then

    return builtin(SLUG).content


class Learner:
    """Somebody at the practice card."""

    def __init__(self, person: Person, site: Site) -> None:
        self.person = person
        self.site = site

    @property
    def card(self) -> Locator:
        return self.person.page.locator("#practice")

    def button(self, name: str) -> Locator:
        return self.card.get_by_role("button", name=name)

    def item(self) -> Item:
        """What stands on the card."""
        (row,) = self.site.rows(
            "SELECT q.item FROM tutor_question q JOIN tutor_lesson l ON l.id = q.lesson_id"
            " WHERE l.conversation_id = %s AND q.state = 'open'",
            self.person.conversation_id,
        )
        return course().items[row["item"]]

    async def put(self, item: Item) -> None:
        """Have this one on the card, whatever would be next."""
        query = PUT.format(item.slug, item.concept, self.person.conversation_id)
        database.execute(self.site.database_url, query)
        await self.person.page.reload()

    async def open(self) -> None:
        await self.person.open_course(COURSE, TUTOR)
        await self.person.page.wait_for_load_state()

    async def answer(self, text: str) -> None:
        """Fill the card in, send it, and wait for the tutor's words."""
        replies = self.person.transcript.get_by_role("article", name=TUTOR)
        before = await replies.count()
        box = self.card.get_by_role("textbox", name="Your answer")
        if await box.count():
            await box.fill(text)
        else:
            await self.card.get_by_role("radio", name=text, exact=True).check()
        await self.card.get_by_role("button", name="Answer", exact=True).click()
        await expect(replies).to_have_count(before + 1, timeout=REPLY_MS)
        await self.person.finished()

    async def ask(self, name: str) -> None:
        """Press what is said in the conversation, and wait for the reply."""
        replies = self.person.transcript.get_by_role("article", name=TUTOR)
        before = await replies.count()
        await self.button(name).click()
        await expect(replies).to_have_count(before + 1, timeout=REPLY_MS)
        await self.person.finished()

    def days_pass(self, days: int) -> None:
        """Move all that has happened so far into the past."""
        for statement in LATER.format(days=days).split(";"):
            database.execute(self.site.database_url, statement)


def wrong_number() -> Item:
    """A numeric item that a nonsense answer betrays nothing in."""
    return next(
        item
        for item in course().items.values()
        if item.kind == "numeric" and "999" not in item.distractors
    )


def betraying() -> tuple[Item, str]:
    """An item, and the answer that shows its misconception."""
    return next(
        (item, wrong)
        for item in course().items.values()
        if item.probe_for and item.kind in {"numeric", "choice"}
        for wrong, slug in item.distractors.items()
        if slug == item.probe_for
    )


async def test_a_whole_lesson_and_its_follow_up_when_it_is_due(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    learner = Learner(person, site)
    await learner.open()
    await learner.button("Start at the beginning").click()
    await expect(
        learner.card.get_by_role("button", name="Answer", exact=True)
    ).to_be_visible()
    item = wrong_number()
    await learner.put(item)
    assert item.answer not in await learner.card.inner_html()

    await learner.answer("999")
    await expect(learner.card).to_contain_text("Not yet.")
    await expect(learner.card.get_by_role("listitem")).to_have_count(0)
    await learner.answer("998")
    await expect(learner.card.get_by_role("listitem")).to_have_count(1)
    await learner.answer(item.answer)
    await expect(learner.card).to_contain_text("Right, with a hint.")
    said = person.transcript.get_by_text("Right, with a hint")
    await expect(said).to_be_visible()  # at the answer, by the server

    await learner.button("Next question").click()
    await expect(learner.button("Hint 1")).to_be_visible()
    for _ in range(3):
        await learner.ask("Show me the answer")
    await expect(learner.card).to_contain_text("It does not count as yours")

    await learner.button("End lesson").click()
    recap = learner.card
    await expect(recap).to_contain_text("What moved in this lesson")
    await expect(recap).to_contain_text("999")
    await expect(recap).to_contain_text("What is next")
    (owed,) = site.rows(OWED, person.conversation_id)

    learner.days_pass(2)
    await learner.open()
    opening = person.transcript.get_by_role("article", name=TUTOR)
    await expect(opening).to_have_count(1)
    await expect(opening).to_contain_text(owed["text"])
    await expect(learner.card).to_contain_text("Put off until now")
    await learner.answer(learner.item().answer)
    await expect(learner.card).to_contain_text("Right.")
    assert not site.rows(OWED, person.conversation_id)


async def test_a_misconception_is_resolved_and_a_relapse_opens_it_again(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    learner = Learner(person, site)
    item, wrong = betraying()
    await learner.open()
    await learner.button("Start at the beginning").click()
    await expect(
        learner.card.get_by_role("button", name="Answer", exact=True)
    ).to_be_visible()
    for text in (wrong, wrong, *[item.answer] * 4):
        await learner.put(item)
        await learner.answer(text)
        await next_question(learner)
        learner.days_pass(3)
    assert standing(site, person) == "resolved"
    await learner.put(item)
    await learner.answer(wrong)
    assert standing(site, person) == "relapsed"


async def next_question(learner: Learner) -> None:
    """Go on, also from a question that was not solved."""
    if await learner.button("Next question").count():
        await learner.button("Next question").click()
    else:
        await learner.button("Another question").click()
    await expect(
        learner.card.get_by_role("button", name="Answer", exact=True)
    ).to_be_visible()


def standing(site: Site, person: Person) -> str:
    """Where the learner's one misconception stands."""
    (row,) = site.rows(
        "SELECT c.state FROM tutor_claim c JOIN conversations_conversation v"
        " ON v.user_id = c.learner_id"
        " WHERE v.id = %s AND c.atom_type = 'misconception'",
        person.conversation_id,
    )
    return str(row["state"])


async def test_an_answer_that_is_not_sent_survives_a_hint_and_a_reload(
    site: Site, visit: Visit
) -> None:
    """Typed and not sent; it goes when it has arrived, also if nobody heard so."""
    person = await (await visit(site)).enter_as_guest()
    learner = Learner(person, site)
    await learner.open()
    await learner.button("Start at the beginning").click()
    await expect(
        learner.card.get_by_role("button", name="Answer", exact=True)
    ).to_be_visible()
    await learner.put(wrong_number())
    box = learner.card.get_by_role("textbox", name="Your answer")
    await box.press_sequentially("99")
    await learner.button("Hint 1").click()
    await expect(learner.card.get_by_role("listitem")).to_have_count(1)
    await expect(box).to_have_value("99")
    await box.press_sequentially("9")
    await person.page.reload()
    await expect(box).to_have_value("999")

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await person.page.route("**/answer/", lose_the_answer)
    await learner.card.get_by_role("button", name="Answer", exact=True).click()
    await expect(learner.card).to_contain_text("You answered “999”", timeout=REPLY_MS)
    await expect(box).to_have_value("")
    await person.page.reload()
    await expect(learner.card).to_contain_text("You answered “999”")
    await expect(box).to_have_value("")
    mine = person.transcript.get_by_role("article", name="You")
    await expect(mine).to_have_count(1)

    # On a phone nothing lies over the card; above it, the way down to it is offered.
    page = person.page
    await page.set_viewport_size({"width": 360, "height": 480})
    latest = page.get_by_role("button", name="Latest")
    top = "part => document.getElementById('scroller').scrollTop = part"
    await page.evaluate(top, 0)
    await expect(learner.card).not_to_be_in_viewport()
    await expect(latest).to_be_visible()
    await latest.click()
    await expect(latest).to_be_hidden()
    await learner.card.evaluate("card => card.scrollIntoView()")
    await expect(learner.button("Hint 2")).to_be_visible()
    end = "const s = document.getElementById('scroller');"
    away = await page.evaluate(
        f"() => {{ {end} return s.scrollHeight - s.scrollTop - s.clientHeight }}"
    )
    assert away > 64, "the card is higher than the page"
    await expect(latest).to_be_hidden()
