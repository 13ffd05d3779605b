"""The operators' pages: people, what they used, and the switch for all replies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from chatapp.accounts.limits import Limits
from chatapp.accounts.models import SiteSwitch, Usage, User

_admin_login = admin.site.login


def login(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Operators sign in on the page everybody uses: it limits wrong passwords."""
    if request.user.is_staff:
        return _admin_login(request, extra_context)
    where = {"next": request.GET.get("next") or resolve_url("admin:index")}
    return HttpResponseRedirect(f"{resolve_url('account_login')}?{urlencode(where)}")


admin.site.login = login  # type: ignore[method-assign]  # the documented way


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """Search people, tell guests from accounts, disable."""

    list_display = (
        "username",
        "email",
        "is_guest",
        "is_active",
        "is_staff",
        "tokens",
        "last_seen_at",
        "date_joined",
    )
    list_filter = ("is_guest", "is_active", "is_staff", "last_seen_at")
    search_fields = ("username", "email", "chat_pseudonym", "tutor_pseudonym")
    list_select_related = ("usage",)
    ordering = ("-date_joined",)
    date_hierarchy = "date_joined"
    actions = ("disable", "enable")
    readonly_fields = (
        "is_guest",
        "chat_pseudonym",
        "tutor_pseudonym",
        "last_seen_at",
        "last_login",
        "date_joined",
    )
    fieldsets = (
        (None, {"fields": ("username", "email", "password", "is_guest")}),
        (
            "Known to the memory service as",
            {"fields": ("chat_pseudonym", "tutor_pseudonym")},
        ),
        (
            "Rights",
            {
                "fields": (
                    "is_active",
                    "is_staff",
                    "is_superuser",
                    "groups",
                    "user_permissions",
                )
            },
        ),
        ("Dates", {"fields": ("last_seen_at", "last_login", "date_joined")}),
    )

    @admin.display(description="Tokens today", ordering="usage__tokens")
    def tokens(self, user: User) -> int:
        usage = getattr(user, "usage", None)  # no row before the first turn
        return usage.tokens if usage and usage.day == timezone.now().date() else 0

    @admin.action(description="Disable: no page, no reply", permissions=["change"])
    def disable(self, request: HttpRequest, people: QuerySet[User]) -> None:
        count = people.exclude(username=request.user.get_username()).update(
            is_active=False
        )
        self.message_user(request, f"Disabled {count}.", messages.SUCCESS)

    @admin.action(description="Enable again", permissions=["change"])
    def enable(self, request: HttpRequest, people: QuerySet[User]) -> None:
        count = people.update(is_active=True)
        self.message_user(request, f"Enabled {count}.", messages.SUCCESS)


@admin.register(SiteSwitch)
class SiteSwitchAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # likewise
    """One row, opened at once instead of a list of one."""

    fields = ("replies_enabled", "message", "changed_at")
    readonly_fields = ("changed_at",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        SiteSwitch.objects.get_or_create(pk=SiteSwitch.ONLY)
        return redirect("admin:accounts_siteswitch_change", SiteSwitch.ONLY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Usage)
class UsageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # likewise
    """What each person used; setting the tokens to 0 refills the day."""

    list_display = ("user", "day", "tokens", "allowance", "turns", "streams")
    list_filter = ("day", "user__is_guest")
    search_fields = ("user__username", "user__email")
    list_select_related = ("user",)
    ordering = ("-day", "-tokens")
    readonly_fields = ("user", "day")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Usage]:
        now = timezone.now()
        leases = "user__leases"
        running = Q(user__leases__ended_at=None, user__leases__expires_at__gt=now)
        recent = Q(user__leases__started_at__gt=now - timedelta(minutes=1))
        query: QuerySet[Usage] = super().get_queryset(request)
        return query.annotate(
            running=Count(leases, running), recent=Count(leases, recent)
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="Allowance a day")
    def allowance(self, usage: Usage) -> int:
        return Limits.of(usage.user).tokens_per_day

    @admin.display(description="Turns in the last minute")
    def turns(self, usage: Usage) -> int:
        return int(getattr(usage, "recent", 0))  # annotated above

    @admin.display(description="Replies running")
    def streams(self, usage: Usage) -> int:
        return int(getattr(usage, "running", 0))
