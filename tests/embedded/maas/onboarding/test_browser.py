"""From the documented call to the first key, in a real browser."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.async_api import Dialog, expect

from tests.embedded.maas.onboarding.orders import ORDER, PATH
from tests.harness.fixtures import Visit
from tests.harness.site import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.asyncio(loop_scope="session"),
    # With the scenarios that use the same site, so that it is started once.
    pytest.mark.xdist_group("scenarios-everyday"),
]


async def test_a_buyer_pays_copies_the_key_and_never_sees_it_again(
    site: Site, visit: Visit
) -> None:
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as http:
        order = (await http.post(PATH, json=ORDER)).json()
        buyer = await visit(
            site, locale="ko-KR", viewport={"width": 360, "height": 740}
        )
        page = buyer.page
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(order["url"])
        await expect(
            page.get_by_role("heading", name="결제", exact=True)
        ).to_be_visible()
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("note")).to_contain_text("payment provider")
        await page.get_by_role("button", name="Pay (simulated)").click()
        key = await page.locator("#key").inner_text()
        await page.get_by_role("button", name="Copy").first.click()
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == key
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        facts = await page.get_by_role("region", name="Your account").inner_text()
        workspace = re.search(r"\S+-prod\b", facts)
        assert workspace
        headers = {"x-api-key": key, "X-Workspace-Id": workspace[0]}
        body = {"anchor_id": "smoke-test", "query": "hello"}
        answer = await http.post("/v1/memory/recall", json=body, headers=headers)
        assert (answer.status_code, answer.json()["items"]) == (200, [])
        await page.reload()
        gone = page.get_by_role("heading", name="The key is not shown again")
        await expect(gone).to_be_visible()
        assert key not in await page.content()
        await page.get_by_role("link", name="日本語").click()
        await expect(page.locator("html")).to_have_attribute("lang", "ja")
        assert key not in await page.content()


async def test_leaving_before_the_key_is_copied_is_asked_about(
    site: Site, visit: Visit
) -> None:
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as http:
        order = (await http.post(PATH, json=ORDER)).json()
    page = (await visit(site)).page
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.goto(order["url"])
    await page.get_by_role("button", name="Pay (simulated)").click()
    key = page.locator("#key")
    await key.click()  # a page that nobody touched may not ask
    shown = await key.inner_text()
    await page.get_by_role("link", name="Anchorage").click()
    await expect(key).to_have_text(shown)
    assert asked == ["beforeunload"]
