"""A limit on new guests from one address: a token bucket in the database.

In PostgreSQL, so that several web processes count together. The address is kept only
as a keyed hash, and not longer than it takes to fill its bucket again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from chatapp.accounts.models import AddressBucket

HOUR = timedelta(hours=1)
IPV6_PREFIX = 64  # what one household or server is usually given


def wait_for_guest(address: str, *, now: datetime | None = None) -> float:
    """Take one from the address's bucket: 0 if there was one, else seconds to wait.

    The bucket holds `GUESTS_PER_HOUR` and fills evenly within an hour.
    """
    moment = now or timezone.now()
    size = float(settings.GUESTS_PER_HOUR)
    key = hashed(address)
    with transaction.atomic():
        AddressBucket.objects.bulk_create(
            [AddressBucket(address_hash=key, tokens=size, updated_at=moment)],
            ignore_conflicts=True,
        )
        bucket = AddressBucket.objects.select_for_update().get(pk=key)
        passed = max((moment - bucket.updated_at) / HOUR, 0.0)
        tokens = min(size, bucket.tokens + passed * size)
        if tokens < 1:
            return (1 - tokens) / size * HOUR.total_seconds()
        bucket.tokens = tokens - 1
        bucket.updated_at = moment
        bucket.save(update_fields=["tokens", "updated_at"])
    return 0.0


def forget_addresses(now: datetime | None = None) -> int:
    """Remove buckets that are full again; returns how many."""
    full = AddressBucket.objects.filter(updated_at__lt=(now or timezone.now()) - HOUR)
    return full.delete()[0]


def hashed(address: str) -> str:
    """A keyed hash of the address, or of its network where it is IPv6."""
    try:
        ip = ip_address(address)
    except ValueError:
        return _keyed(address)
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return _keyed(str(ip.ipv4_mapped))
        return _keyed(str(IPv6Network((int(ip), IPV6_PREFIX), strict=False)))
    return _keyed(str(ip))


def _keyed(text: str) -> str:
    return salted_hmac("chatapp.accounts.flood", text, algorithm="sha256").hexdigest()
