"""Every page of the site, and the states of it that a person sees, by address name.

A new address needs an entry: in `STATES` if it is a page, in `NO_PAGE` with the reason
if it is none, in `POST_ONLY` if it answers GET with 405. `tests/page` holds the three
against the URL configuration.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page, expect

Act = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class State:
    """One thing to look at: where it is, what is done there, and who sees it.

    `path` has the placeholders of `Furnished.of`.
    """

    label: str
    path: str
    act: Act | None = None
    stranger: bool = False
    """Seen by somebody who is not signed in."""
    short: bool = False
    """Part of the short run."""


async def _press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).first.click()


async def _open_all(page: Page) -> None:
    """Everything that can be unfolded, apart from menus."""
    await page.evaluate(
        "document.querySelectorAll('details:not(.menu)').forEach(d => d.open = true)"
    )


async def memory(page: Page) -> None:
    await _press(page, "Memory")
    await expect(page.locator("#panel")).to_be_visible()
    await page.locator("#panel details").evaluate_all(
        "all => all.map(d => d.open = true)"
    )


async def why(page: Page) -> None:
    await page.get_by_role("button", name="Why this reply").last.click()
    await expect(page.get_by_role("heading", name="Feedback")).to_be_visible()
    await page.locator("#turn details").evaluate_all(
        "all => all.map(d => d.open = true)"
    )


async def used(page: Page) -> None:
    await page.locator("[data-place]").last.click()
    await expect(
        page.locator(".atom-cards .told, .atom-cards section").first
    ).to_be_visible()


async def editing(page: Page) -> None:
    await page.get_by_role("button", name="Edit", exact=True).last.click()
    await expect(page.get_by_role("textbox", name="Edit message")).to_be_visible()


async def speaking(page: Page) -> None:
    await page.locator(".speaking summary").click()


async def shelf(page: Page) -> None:
    menu = page.get_by_role("button", name="Menu", exact=True)
    if await menu.is_visible():
        await menu.click()
    await page.locator("#shelf .account .menu summary").click()


async def menu(page: Page) -> None:
    await page.locator(".masthead .menu summary").click()


async def row_menu(page: Page) -> None:
    await page.locator(".row-menu summary").first.click()


async def tried(page: Page) -> None:
    await page.get_by_label("Something that might be said").fill("A lamp at night.")
    await _press(page, "Which entries would come?")
    await expect(page.locator("#tried")).to_contain_text("come")


async def weighed(page: Page) -> None:
    await expect(page.locator("form[data-kept='ready']")).to_be_attached()
    weights = page.get_by_role("complementary", name="What the model reads")
    await expect(weights.get_by_role("row").nth(1)).to_be_visible()
    await _open_all(page)


async def compared(page: Page) -> None:
    await page.get_by_label("Question").fill("Do I like long walks in the rain?")
    await _press(page, "Compare")
    await expect(page.locator("[data-part=sum]")).not_to_be_empty()


async def hinted(page: Page) -> None:
    # Each look takes the next one, and behind the last there is none to take.
    more = page.locator("#practice").get_by_role("button", name="Hint")
    await expect(page.locator("#practice").get_by_role("button").first).to_be_visible()
    if await more.count():
        await more.click()
    await expect(
        page.locator("#practice").get_by_role("listitem").first
    ).to_be_visible()


async def refused(page: Page) -> None:
    """The form as it comes back with what is wrong with it."""
    form = page.locator("main form[method=post]").last
    async with page.expect_navigation():
        await form.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")


def _one(path: str, act: Act | None = None, **marks: bool) -> list[State]:
    return [State("", path, act, **marks)]


STATES: dict[str, list[State]] = {
    "home": [
        State("stranger", "/", stranger=True, short=True),
        State("", "/", menu, short=True),
    ],
    "account_login": [
        State("", "/accounts/login/", stranger=True),
        State("refused", "/accounts/login/", refused, stranger=True),
    ],
    "account_logout": _one("/accounts/logout/"),
    "account_signup": [
        State("", "/accounts/signup/", stranger=True),
        State("refused", "/accounts/signup/", refused, stranger=True),
    ],
    "account_inactive": _one("/accounts/inactive/", stranger=True),
    "account_email": _one("/accounts/email/"),
    "account_email_verification_sent": _one("/accounts/confirm-email/", stranger=True),
    "account_confirm_email": _one("/accounts/confirm-email/MQ:1vY:x/", stranger=True),
    "account_change_password": [
        State("", "/accounts/password/change/"),
        State("refused", "/accounts/password/change/", refused),
    ],
    "account_reset_password": _one("/accounts/password/reset/", stranger=True),
    "account_reset_password_done": _one(
        "/accounts/password/reset/done/", stranger=True
    ),
    "account_reset_password_from_key": _one(
        "/accounts/password/reset/key/1-no-such-key/", stranger=True
    ),
    "account_reset_password_from_key_done": _one(
        "/accounts/password/reset/key/done/", stranger=True
    ),
    "accounts:display": _one("/display/"),
    "accounts:zone": _one("/time-zone/"),
    "accounts:leave": [
        State("", "/account/delete/", short=True),
        State("refused", "/account/delete/", refused),
    ],
    "offline:page": _one("/offline/", stranger=True),
    "characters:gallery": [
        State("", "/characters/", short=True),
        State("none", "/characters/?q=zeppelin"),
    ],
    "characters:new": _one("/characters/new/"),
    "characters:import": _one("/characters/import/", _open_all),
    "characters:edit": _one("/characters/{own}/edit/", weighed, short=True),
    "characters:versions": _one("/characters/{own}/versions/"),
    "characters:version": _one("/characters/{own}/versions/1/"),
    "characters:preview": _one("/characters/{card}/preview/", _open_all),
    "personas:list": _one("/personas/"),
    "personas:new": [
        State("", "/personas/new/"),
        State("refused", "/personas/new/", refused),
    ],
    "personas:edit": _one("/personas/{persona}/"),
    "lorebooks:shelf": _one("/lorebooks/"),
    "lorebooks:book": _one("/lorebooks/mine/{book}/", tried, short=True),
    "lorebooks:new_entry": _one("/lorebooks/mine/{book}/entries/new/"),
    "lorebooks:entry": _one("/lorebooks/mine/{book}/entries/0/"),
    "conversations:open": [
        State("memory", "/c/{talk}/", memory, short=True),
        State("why", "/c/{talk}/", why, short=True),
        State("used", "/c/{talk}/", used),
        State("editing", "/c/{talk}/", editing),
        State("speaking", "/c/{talk}/", speaking),
        State("shelf", "/c/{talk}/", shelf),
        State("lesson", "/c/{lesson}/", hinted, short=True),
    ],
    "conversations:list": [
        State("", "/conversations/", row_menu, short=True),
        State("folder", "/conversations/?folder={folder}"),
        State("archive", "/conversations/?archived=yes"),
    ],
    "conversations:keep": _one("/c/{other}/keep/"),
    "conversations:summary": _one("/c/{talk}/summary/"),
    "conversations:find": [
        State("", "/find/?q=rain", short=True),
        State("none", "/find/?q=zeppelin"),
        State("empty", "/find/"),
    ],
    "conversations:passage": _one("/c/{talk}/m/{message}/"),
    "conversations:import": _one("/conversations/import/"),
    "conversations:compare": _one("/compare/", compared),
    "memories:mine": _one("/memories/", _open_all, short=True),
    "memories:turn": _one("/turns/{turn}/", _open_all),
    "tutor:courses": [
        State("stranger", "/learn/", stranger=True),
        State("", "/learn/"),
    ],
    "tutor:course": _one("/learn/courses/computer-networks/", _open_all),
    "tutor:own_courses": _one("/learn/courses/"),
    "tutor:me": _one("/learn/me/", _open_all, short=True),
    "tutor:why": _one("/learn/me/why/computer-networks/concept/octets/", _open_all),
    "tutor:classes": [
        State("", "/learn/classes/"),
        State("refused", "/learn/classes/", refused),
    ],
    "tutor:class": _one("/learn/classes/{room}/", _open_all, short=True),
    "tutor:join": [
        State("", "/learn/classes/join/{token}/"),
        State("stranger", "/learn/classes/join/{token}/", stranger=True),
        State("gone", "/learn/classes/join/no-such-link/", stranger=True),
    ],
    "tutor:learner": _one("/learn/classes/{room}/learners/{member}/", _open_all),
    "tutor:learner_why": _one(
        "/learn/classes/{room}/learners/{member}/why/concept/octets/"
    ),
    "onboarding:checkout": _one("/billing/maas/pay/{order}", stranger=True),
    "onboarding:success": [
        State("", "/billing/maas/success?checkout_session_id={paid}", stranger=True),
        State("unknown", "/billing/maas/success?checkout_session_id=no", stranger=True),
        State(
            "unpaid", "/billing/maas/success?checkout_session_id={order}", stranger=True
        ),
    ],
    "onboarding:cancel": _one("/billing/maas/cancel", stranger=True),
    # No address of its own: what is shown where there is none.
    "": _one("/no-such-page/", short=True),
}
"""By the name of the address; the first state of each is the page as it opens."""

POST_ONLY = {
    *("accounts:guest", "characters:start", "characters:restore", "characters:favour"),
    *("characters:duplicate", "characters:delete", "characters:undelete"),
    *("personas:delete", "personas:undelete", "lorebooks:switch", "lorebooks:delete"),
    *("lorebooks:try", "lorebooks:delete_entry"),
    *("conversations:change_folder", "conversations:rename", "conversations:pin"),
    *("conversations:archive", "conversations:move", "conversations:show"),
    *("conversations:send", "conversations:persona", "conversations:stop"),
    *("conversations:continue", "conversations:undo", "conversations:edit"),
    *("conversations:regenerate", "conversations:select", "conversations:branch"),
    *("conversations:delete", "conversations:summary_anew"),
    *("conversations:preview", "conversations:wrong", "conversations:undo_receipt"),
    *(
        "conversations:prepare",
        "conversations:keep_off_record",
        "memories:correct",
        "memories:pin",
    ),
    *("memories:unpin", "memories:forget", "memories:undo", "memories:again"),
    *("memories:answer", "memories:share", "memories:delete_all"),
    *("tutor:answer", "tutor:import", "tutor:consent", "tutor:leave", "tutor:ask"),
    *("tutor:take_back", "tutor:invite", "tutor:assign", "tutor:withdraw"),
    *("tutor:answer_question", "tutor:remove", "tutor:delete_class"),
    *("tutor:bring_course", "tutor:remove_course", "tutor:start"),
    *("tutor:begin", "tutor:next", "tutor:say", "tutor:hint", "tutor:aside"),
    *("accounts:save_reading", "accounts:reset_keys", "accounts:rebind"),
    "conversations:theme",
    *("tutor:end", "tutor:read_ending", "language"),
}
FILE, FRAGMENT = "a file", "a fragment of a page whose states are listed"
NO_PAGE = {
    "accounts:claim": "redirects whoever is no guest",
    "account_set_password": "redirects: everybody here has a password",
    "account_reauthenticate": "redirects: nothing here asks for it",
    "account_confirm_login_code": "redirects: no codes are sent",
    "operations:healthz": "for machines",
    "offline:manifest": FILE,
    "offline:worker": FILE,
    "offline:favicon": FILE,
    "characters:image": FILE,
    "characters:image_small": FILE,
    "characters:export": FILE,
    "lorebooks:export": FILE,
    "conversations:export": FILE,
    "conversations:download": FILE,
    "conversations:prepared": FRAGMENT,
    "memories:export": FILE,
    "tutor:export": FILE,
    "tutor:class_export": FILE,
    "tutor:course_files": FILE,
    "tutor:example_course": FILE,
    "accounts:help_sheet": FRAGMENT,
    "conversations:used": FRAGMENT,
    "conversations:receipt": FRAGMENT,
    "conversations:chip": FRAGMENT,
    "conversations:transcript": FRAGMENT,
    "conversations:fill": FRAGMENT,
    "conversations:memory": FRAGMENT,
    "memories:call": FRAGMENT,
    "memories:atom": FRAGMENT,
    "memories:receipt": FRAGMENT,
    "tutor:card": FRAGMENT,
}
ELSEWHERE = ("admin", "maas")
"""Django's own pages, and the memory service's API."""
