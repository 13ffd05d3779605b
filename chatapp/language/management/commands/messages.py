"""`manage.py messages`: bring the catalogues up to what the pages say, and compile them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from chatapp.language.catalogue import Catalogue
from chatapp.language.extracting import extract


class Command(BaseCommand):
    help = "Find every sentence of the pages; update and compile locale/."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write a .po and a .mo for each language, and say what is missing."""
        places = extract()
        for code, name in settings.LANGUAGES:
            if code == settings.LANGUAGE_CODE:
                continue
            folder = settings.LOCALE_PATHS[0] / code / "LC_MESSAGES"
            folder.mkdir(parents=True, exist_ok=True)
            catalogue = Catalogue.read(folder / "django.po", code).updated(places)
            (folder / "django.po").write_text(catalogue.po(places), encoding="utf-8")
            (folder / "django.mo").write_bytes(catalogue.mo())
            missing = [key for key, said in catalogue.sentences.items() if not said]
            self.stdout.write(
                f"{name}: {len(places)} sentences, {len(missing)} missing"
            )
            for key in missing[:200]:
                self.stdout.write(f"  {places[key]}: {key.plural or key.text}")
