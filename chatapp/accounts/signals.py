"""What happens to people, for the apps above to connect to."""

from __future__ import annotations

from django.dispatch import Signal

# A guest signed in to an account that existed before. Sent with `guest` and `user`
# (both `User`) in the transaction of the sign-in, which fails when a receiver raises:
# the guest then stays signed in and can try again. The guest's row is kept until
# `remove_guests` finds it old, so a receiver may also leave the work to a job.
guest_signed_in = Signal()
