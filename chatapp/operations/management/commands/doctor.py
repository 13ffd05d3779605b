"""`manage.py doctor`: what is configured, what answers, what to do."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from chatapp.operations.doctor import Finding, examine
from chatapp.operations.local_models import USUAL_PORTS, LocalModel, find


class Command(BaseCommand):
    """Exit code 0 when all is well, 1 otherwise. Never prints a key."""

    help = "Check database, memory, model, embeddings, channels and worker."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """For people or for programs."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        """Look, print, and exit."""
        findings = asyncio.run(examine())
        models = find(USUAL_PORTS, but_not=settings.PORT)
        well = all(finding.well for finding in findings)
        if options["json"]:
            report = {
                "well": well,
                "parts": [asdict(finding) for finding in findings],
                "local_models": [asdict(model) for model in models],
            }
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._print(findings, models)
        sys.exit(0 if well else 1)

    def _print(self, findings: list[Finding], models: list[LocalModel]) -> None:
        for finding in findings:
            mark = "ok" if finding.well else "NO"
            took = f"{finding.seconds * 1000:.0f} ms"
            self.stdout.write(f"{mark}  {finding.part:<11}{finding.configured}")
            self.stdout.write(f"    {'':<11}{finding.said} ({took})")
            if finding.advice:
                self.stdout.write(f"    {'':<11}-> {finding.advice}")
        for model in models:
            if model.base_url == settings.OPENAI_BASE_URL:
                continue
            self.stdout.write(f"\n{model.name} answers on this machine. To use it, set")
            for variable in model.variables:
                self.stdout.write(f"    {variable}")
