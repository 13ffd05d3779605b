"""Operators see which conversations and replies there are, and how they ended.

The lists show no word of what was said. A conversation's title and a reply's problem
stand on the page of the one row that was opened.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chatapp.conversations import learning_admin
from chatapp.conversations.models import Conversation, Generation
from chatapp.operations.read_only import ReadOnlyAdmin

__all__ = ["ConversationAdmin", "GenerationAdmin", "learning_admin"]


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    """Who talks with whom, and since when."""

    list_display = ("id", "user", "character", "lane", "created_at", "updated_at")
    list_filter = ("lane", "character")
    list_select_related = ("user", "character")
    search_fields = ("user__username", "user__email")
    search_help_text = "A conversation's id, or a person's name or e-mail"
    ordering = ("-updated_at",)
    fields = (
        *("id", "user", "character", "lane", "title", "replies"),
        *("created_at", "updated_at"),
    )
    readonly_fields = fields

    @admin.display(description="Replies")
    def replies(self, conversation: Conversation) -> SafeString:
        """A link to the list of its replies."""
        where = reverse("admin:conversations_generation_changelist")
        query = urlencode({"conversation__id__exact": str(conversation.pk)})
        count = conversation.generation_set.count()
        return format_html('<a href="{}?{}">{} replies</a>', where, query, count)


@admin.register(Generation)
class GenerationAdmin(ReadOnlyAdmin):
    """How each reply was written: its times, its tokens, what went wrong."""

    list_display = (
        *("id", "status", "finish", "model", "first_token_ms", "total_ms"),
        *("prompt_tokens", "completion_tokens", "created_at"),
    )
    list_filter = ("status", "finish", "created_at")
    ids = ("pk", "conversation_id")
    search_fields = ("=model",)
    search_help_text = "The id of a reply or a conversation, or a model"
    ordering = ("-created_at",)
    fields = (
        *("id", "conversation", "turn", "status", "stop_requested", "model", "finish"),
        *("prompt_tokens", "completion_tokens", "first_token_ms", "total_ms", "seq"),
        *("problem", "detail", "created_at", "heartbeat_at", "first_token_at"),
        "ended_at",
    )
    readonly_fields = fields

    @admin.display(description="First token, ms")
    def first_token_ms(self, generation: Generation) -> int | None:
        """From the message to the first word."""
        return _milliseconds(generation, generation.first_token_at)

    @admin.display(description="Total, ms")
    def total_ms(self, generation: Generation) -> int | None:
        """From the message to the end of the reply."""
        return _milliseconds(generation, generation.ended_at)

    @admin.display(description="Turn record")
    def turn(self, generation: Generation) -> SafeString | str:
        """A link to what memory did."""
        record = getattr(generation, "record", None)
        if record is None:
            return "–"
        where = reverse("admin:memories_turnrecord_change", args=[record.pk])
        return format_html('<a href="{}">What memory did</a>', where)


def _milliseconds(generation: Generation, until: datetime | None) -> int | None:
    if until is None:
        return None
    return round((until - generation.created_at).total_seconds() * 1000)
