"""The memory service in the admin: access is switched here, memories are only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from embedded.maas.models import (
    Anchor,
    ApiKey,
    Atom,
    CheckoutSession,
    Tenant,
    Workspace,
)

if TYPE_CHECKING:
    _TenantAdmin = admin.ModelAdmin[Tenant]
    _WorkspaceAdmin = admin.ModelAdmin[Workspace]
    _ApiKeyAdmin = admin.ModelAdmin[ApiKey]
    _AnchorAdmin = admin.ModelAdmin[Anchor]
    _AtomAdmin = admin.ModelAdmin[Atom]
    _CheckoutSessionAdmin = admin.ModelAdmin[CheckoutSession]
else:  # generic for the type checker only
    _TenantAdmin = _WorkspaceAdmin = _ApiKeyAdmin = admin.ModelAdmin
    _AnchorAdmin = _AtomAdmin = _CheckoutSessionAdmin = admin.ModelAdmin


@admin.register(Tenant)
class TenantAdmin(_TenantAdmin):
    """Billing is blocked here: every call is then answered with 402."""

    list_display = ("slug", "name", "service_source", "billing_blocked")
    list_filter = ("billing_blocked", "service_source")
    search_fields = ("slug", "name")


@admin.register(Workspace)
class WorkspaceAdmin(_WorkspaceAdmin):
    """The names that X-Workspace-Id may carry."""

    list_display = ("name", "tenant", "created_at")
    search_fields = ("name", "tenant__slug")
    autocomplete_fields = ("tenant",)


@admin.register(ApiKey)
class ApiKeyAdmin(_ApiKeyAdmin):
    """Keys are issued by `maas_key`, which shows them once, and revoked here."""

    list_display = ("hint", "label", "tenant", "policy_denied", "revoked_at")
    list_filter = ("policy_denied",)
    search_fields = ("hint", "label", "tenant__slug")
    readonly_fields = ("tenant", "hint", "created_at")
    filter_horizontal = ("workspaces",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A key made in a form would have been typed by someone."""
        return False

    @admin.action(description="Revoke the selected keys")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """End these keys now; nothing brings them back but a new key."""
        count = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{count} revoked.")


class ReadOnly:
    """Memories are written through the API alone: it keeps their numbers in order."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never; looking is a permission of its own."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: `DELETE /v1/atoms/{id}` also tells the indexes."""
        return False


@admin.register(Anchor)
class AnchorAdmin(ReadOnly, _AnchorAdmin):
    """The memory scopes."""

    list_display = ("name", "lane", "type", "workspace", "created_at")
    list_filter = ("workspace",)
    search_fields = ("name", "lane", "=id")


@admin.register(Atom)
class AtomAdmin(ReadOnly, _AtomAdmin):
    """What is remembered, and how often it helped."""

    list_display = ("content", "source_type", "confidence", "helped", "hurt")
    list_filter = ("source_type", "deleted_at")
    search_fields = ("content", "=id", "=anchor__id")
    exclude = ("terms", "vector")
    list_select_related = ("anchor",)


@admin.register(CheckoutSession)
class CheckoutSessionAdmin(ReadOnly, _CheckoutSessionAdmin):
    """The orders, to look at."""

    list_display = ("company_name", "service_source", "paid_at", "tenant")
    list_filter = ("service_source", "paid_at")
    search_fields = ("company_name", "admin_email", "tenant__slug")
    list_select_related = ("tenant",)
