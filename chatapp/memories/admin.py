"""Operators see what is remembered, where it lies, and what each turn did with it.

What an atom says stands on its own page alone, not in the list. The one thing that can
be done here is to make an anchor again that the memory service has lost.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from procrastinate.contrib.django import app

from chatapp.memories.models import (
    Anchor,
    Atom,
    Evidence,
    TurnAtom,
    TurnRecord,
    TurnStep,
)
from chatapp.operations.read_only import ReadOnlyAdmin, ReadOnlyInline


@admin.register(Anchor)
class AnchorAdmin(ReadOnlyAdmin):
    """Each pair's and learner's scope at the memory service."""

    list_display = (
        *("id", "user", "lane", "key", "atom_count", "maas_id", "lost_at"),
        "created_at",
    )
    list_filter = ("lane", ("lost_at", admin.EmptyFieldListFilter), "key")
    list_select_related = ("user",)
    search_fields = ("=maas_id", "user__username")
    search_help_text = "An id here or at the service, or a person's name"
    ordering = ("-created_at",)
    actions = ("make_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Anchor]:
        """With the number of atoms, counted for the rows of one page only."""
        atoms = Atom.objects.filter(anchor=OuterRef("pk")).order_by().values("anchor")
        count = Subquery(atoms.annotate(n=Count("pk")).values("n"))
        counted = Coalesce(count, 0, output_field=IntegerField())
        anchors: QuerySet[Anchor] = super().get_queryset(request)
        return anchors.annotate(atom_total=counted)

    @admin.display(description="Atoms")
    def atom_count(self, anchor: Anchor) -> int:
        """How many the ledger holds, whatever their state."""
        return int(getattr(anchor, "atom_total", 0))

    @admin.action(
        description="Make again at the memory service, filled from the ledger",
        permissions=["renew"],
    )
    def make_again(self, request: HttpRequest, anchors: QuerySet[Anchor]) -> None:
        """For anchors that the service has lost for good; jobs do it."""
        count = 0
        for anchor in anchors:
            Anchor.objects.filter(pk=anchor.pk).update(maas_id="", lost_at=None)
            app.configure_task(
                "renew_anchor", lock=str(anchor.pk), queue="learn"
            ).defer(anchor_id=str(anchor.pk), lost="")
            count += 1
        self.message_user(request, f"{count} on their way.", messages.SUCCESS)

    def has_renew_permission(self, request: HttpRequest) -> bool:
        """Whoever may change anchors, though no field of theirs."""
        user: Any = request.user
        return bool(user.has_perm("memories.change_anchor"))


class EvidenceInline(ReadOnlyInline):
    """The quotes that prove an atom."""

    model = Evidence
    fields = ("quote", "message", "created_at")
    readonly_fields = fields


@admin.register(Atom)
class AtomAdmin(ReadOnlyAdmin):
    """The ledger."""

    list_display = (
        *("id", "anchor", "atom_type", "state", "confidence", "source_type"),
        *("pinned", "maas_id", "created_at", "saved_at"),
    )
    list_filter = ("state", "atom_type", "source_type", "pinned")
    list_select_related = ("anchor",)
    ids = ("pk", "anchor_id", "client_ref")
    search_fields = ("=maas_id",)
    search_help_text = "The id of an atom or anchor, here or at the service"
    ordering = ("-created_at",)
    inlines = (EvidenceInline,)


class TurnAtomInline(ReadOnlyInline):
    """How far each atom came in a turn."""

    model = TurnAtom
    fields = (
        *("label", "content", "atom_type", "score", "rank", "fate", "recalled"),
        *("carried", "injected", "cited", "used", "verified", "fed_back", "support"),
    )
    readonly_fields = fields


class TurnStepInline(ReadOnlyInline):
    """What a turn did, one after the other."""

    model = TurnStep
    fields = ("name", "status", "ms", "detail", "updated_at")
    readonly_fields = fields


@admin.register(TurnRecord)
class TurnRecordAdmin(ReadOnlyAdmin):
    """What memory did in each turn."""

    list_display = (
        *("id", "generation_id", "anchor", "final", "failure", "prompt_tokens"),
        *("created_at", "learnt_at"),
    )
    list_filter = (
        *("final", ("learnt_at", admin.EmptyFieldListFilter)),
        ("failure", admin.EmptyFieldListFilter),
    )
    list_select_related = ("anchor",)
    ids = ("generation_id", "anchor_id")
    search_fields = ("=session_id",)
    search_help_text = "The id of a reply, an anchor or a recall session"
    ordering = ("-id",)
    inlines = (TurnStepInline, TurnAtomInline)
