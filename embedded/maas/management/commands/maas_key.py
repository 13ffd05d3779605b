"""Issues a key of the embedded memory service for a workspace, or several."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from embedded.maas.provision import issue


class Command(BaseCommand):
    """`manage.py maas_key acme-prod`"""

    help = "Issue a key for workspaces; it is printed once and stored hashed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Workspaces, whose they are, and what the tenant uses the service for."""
        parser.add_argument("workspace", nargs="+")
        parser.add_argument("--tenant", default="", help="its slug; made if missing")
        parser.add_argument("--service-source", default=settings.MAAS_SERVICE_SOURCE)
        parser.add_argument("--label", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the key and how it is used."""
        first, *more = options["workspace"]
        key = issue(
            first,
            options["service_source"],
            more=more,
            tenant_slug=options["tenant"],
            label=options["label"],
        )
        self.stdout.write(f"Authorization: Bearer {key}")
        for workspace in options["workspace"]:
            self.stdout.write(f"X-Workspace-Id: {workspace}")
        self.stdout.write("The key is not shown again.")
