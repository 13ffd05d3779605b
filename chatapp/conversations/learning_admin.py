"""The operators' page of turns that were not learnt: why, and Retry or Discard.

It names people by the pseudonym that the memory service knows, and shows no word of
what anybody said. Imported by `admin`, which Django looks for.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chatapp.conversations import tasks
from chatapp.conversations.lanes import lane_of
from chatapp.memories import troubled
from chatapp.memories.models import Learning
from chatapp.memories.pause import paused
from chatapp.memories.troubled import Trouble
from chatapp.operations.page import memory_state
from chatapp.operations.read_only import ReadOnlyAdmin

logger = logging.getLogger(__name__)


class StateFilter(admin.SimpleListFilter):
    """Failed, or waiting; whatever waits is parked while memory is paused."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("failed", "Failed"), ("waiting", "Waiting or parked")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Learning]
    ) -> QuerySet[Learning]:
        match self.value():
            case "failed":
                return queryset.filter(pk__in=troubled.failed().values("record"))
            case "waiting":
                return queryset.filter(pk__in=troubled.waiting().values("pk"))
        return queryset


class TroubledList(ChangeList):
    """Looks the troubles of one page's rows up, together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        pause = paused()
        found = troubled.troubles(rows, pause.told if pause else "")
        for row in rows:
            row.trouble = found[row.pk]
        self.result_list = rows


@admin.register(Learning)
class LearningAdmin(ReadOnlyAdmin):
    """Failed, waiting and parked learning jobs."""

    change_list_template = "operations/learning.html"
    list_display = (
        *("ended", "person", "scope", "state", "reason", "attempts", "next_try"),
    )
    list_display_links = None
    list_filter = (StateFilter,)
    list_select_related = ("anchor__user", "generation")
    list_per_page = 100
    list_max_show_all = 100
    ids = ("generation_id", "anchor_id")
    search_fields = ("=session_id",)
    search_help_text = "The id of a reply or an anchor"
    actions = ("retry", "discard")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Learning]:
        return troubled.troubled().prefetch_related("steps")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TroubledList

    def changelist_view(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        told = {"pause": paused(), "memory_state": memory_state()}
        return super().changelist_view(request, (extra_context or {}) | told)

    @admin.display(description="Reply ended")
    def ended(self, row: Learning) -> datetime | None:
        return row.generation.ended_at

    @admin.display(description="Person")
    def person(self, row: Learning) -> str:
        """The pseudonym, never a name."""
        return lane_of(row.anchor.lane).external_id(row.anchor.user)

    @admin.display(description="Memory of")
    def scope(self, row: Learning) -> str:
        return str(row.anchor)

    @admin.display(description="State")
    def state(self, row: Learning) -> str:
        return _trouble(row).state

    @admin.display(description="Reason")
    def reason(self, row: Learning) -> str:
        return _trouble(row).reason

    @admin.display(description="Attempts")
    def attempts(self, row: Learning) -> int:
        return _trouble(row).attempts

    @admin.display(description="Next try", empty_value="-")
    def next_try(self, row: Learning) -> datetime | None:
        return _trouble(row).next_try

    @admin.action(description="Retry now, in order", permissions=["settle"])
    def retry(self, request: HttpRequest, rows: QuerySet[Learning]) -> None:
        count = troubled.retry(
            rows, lambda turn, anchor: tasks.defer_learning(turn, anchor, grace_s=0)
        )
        _note(request, "retried", count)
        self.message_user(request, f"{count} are tried again.", messages.SUCCESS)

    @admin.action(
        description="Discard: nothing is learnt from these", permissions=["settle"]
    )
    def discard(self, request: HttpRequest, rows: QuerySet[Learning]) -> None:
        count = troubled.discard(rows)
        _note(request, "discarded", count)
        self.message_user(request, f"{count} were discarded.", messages.SUCCESS)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Whoever may change learning jobs, though no field of theirs."""
        user: Any = request.user
        return bool(user.has_perm("memories.change_learning"))


def _trouble(row: Learning) -> Trouble:
    found: Trouble = vars(row)["trouble"]  # put there by TroubledList
    return found


def _note(request: HttpRequest, deed: str, count: int) -> None:
    """Who did what, for the log: operators' deeds are warnings so that they stay."""
    logger.warning("Operator %s %s %d learning jobs", request.user.pk, deed, count)
