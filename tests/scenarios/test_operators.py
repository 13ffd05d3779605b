"""Operators' pages in a real browser, under the site's own content security policy."""

from __future__ import annotations

from playwright.async_api import Browser, ConsoleMessage, expect

from tests.harness.person import Person
from tests.harness.site import Site

PASSWORD = "the-harbour-at-noon"
MAKE = (
    "from chatapp.accounts.models import User;"
    f"User.objects.create_superuser('olga', password='{PASSWORD}')"
)


async def test_an_operator_finds_a_reply_and_switches_replies_off_and_on(
    site: Site, chromium: Browser
) -> None:
    site.manage("shell", "-c", MAKE)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Django's pages name no icon, and a browser asks for one all the same.
        asked = message.location["url"]
        if message.type == "error" and not asked.endswith("/favicon.ico"):
            complaints.append(f"{message.text} at {asked}")

    async with Person.visiting(chromium, site) as guest:
        await guest.enter_as_guest()
        await guest.page.goto("/admin/")
        assert "/accounts/login/" in guest.page.url
    async with Person.visiting(chromium, site) as olga:
        page = olga.page
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto("/admin/")
        await page.locator("[name=login]").fill("olga")
        await page.locator("[name=password]").fill(PASSWORD)
        await page.locator("main [type=submit]").click()
        await page.wait_for_url("**/admin/")
        shown = ("character", "conversation", "generation", "turnrecord", "learning")
        for model in shown:
            await page.locator(f".model-{model} th a").first.click()
            await expect(page.locator("#changelist")).to_be_visible()
            await page.goto("/admin/")
        await page.goto("/admin/tutor/course/add/")
        await page.locator(".select2-selection").click()
        await expect(page.locator(".select2-results__option").first).to_be_visible()
        await page.goto("/admin/accounts/user/")
        await page.get_by_role("link", name="olga").first.click()
        await page.goto("/admin/accounts/siteswitch/")
        switch = page.get_by_label("Replies enabled")
        await switch.uncheck()
        await page.get_by_role("button", name="Save and continue editing").click()
        await expect(switch).not_to_be_checked()
        await switch.check()
        await page.get_by_role("button", name="Save and continue editing").click()
        await expect(switch).to_be_checked()
    assert complaints == []
