"""`manage.py maas_move URL`: store what is remembered in another memory service.

The key of the other service is read from MAAS_MOVE_API_KEY, so that it stands in no
list of processes. Run it again after an interruption; then, with the site stopped, once
more with --finish, set MAAS_BASE_URL and its key, and start the site.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatapp.memories import resettling
from memory.client import MaasClient
from memory.errors import MemoryAPIError

EVERY = 500


class Command(BaseCommand):
    help = "Store the ledger's live atoms in another memory service; resumable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="base URL of the other service")
        parser.add_argument("--workspace", required=True, help="its workspace id")
        parser.add_argument(
            "--dry-run", action="store_true", help="count, and call nothing"
        )
        parser.add_argument(
            "--repeatable",
            action="store_true",
            help="it knows atoms by client_ref, as an embedded service does",
        )
        parser.add_argument(
            "--finish",
            action="store_true",
            help="when all is copied and the site is stopped: point the ledger there",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        target = f"{options['url'].rstrip('/')} {options['workspace']}"
        self._report("To copy", resettling.plan(target))
        if options["dry_run"]:
            return
        key = settings.MAAS_MOVE_API_KEY
        if not key:
            msg = "Set MAAS_MOVE_API_KEY to the key of the other service."
            raise CommandError(msg)
        try:
            outcomes = asyncio.run(self._copy(target, key, options))
        except MemoryAPIError as exc:
            self._report("Stopped", resettling.plan(target))
            msg = f"The other service did not go on: {exc}. Run this again to go on."
            raise CommandError(msg) from exc
        told = ", ".join(f"{count} {what}" for what, count in sorted(outcomes.items()))
        self.stdout.write(f"This run: {told or 'nothing was left to copy'}.")
        self._report("Now", resettling.plan(target))
        if options["finish"]:
            self._finish(target)

    async def _copy(
        self, target: str, key: str, options: dict[str, Any]
    ) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        memory = MaasClient(options["url"], key, options["workspace"])
        try:
            async for outcome in resettling.copy(
                target, memory=memory, repeatable=options["repeatable"]
            ):
                outcomes[outcome] += 1
                if outcomes.total() % EVERY == 0:
                    self.stdout.write(f"  {outcomes.total()} ...")
        finally:
            await memory.aclose()
        return outcomes

    def _finish(self, target: str) -> None:
        try:
            resettling.finish(target)
        except resettling.NotOver as exc:
            msg = (
                "Not finished: something is left to copy, or still to be deleted at"
                " the old service. The ledger points where it did."
            )
            raise CommandError(msg) from exc
        self.stdout.write(
            "Done. Set MAAS_BASE_URL, MAAS_API_KEY and MAAS_WORKSPACE_ID to the other"
            " service, then start the site. What the old one learnt from feedback"
            " stays there."
        )

    def _report(self, when: str, plan: resettling.Plan) -> None:
        self.stdout.write(
            f"{when}: {plan.atoms} memories in {plan.anchors} anchors,"
            f" {plan.copied} copied, {plan.left} left."
        )
