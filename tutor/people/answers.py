"""What a learner can say to a claim, by the word in the address, and what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import User
from tutor.learner import dispute
from tutor.models import Claim

Answer = tuple[Callable[[User, Claim], None], Promise]

ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        "wrong": (
            lambda user, claim: dispute.dispute(user, claim),
            _(
                "Noted. The tutor relies on it less, and will ask once more."
                " What you said before is kept."
            ),
        ),
        "right": (
            lambda user, claim: dispute.confirm(user, claim),
            _("Noted, as one more thing that you said."),
        ),
        "ask": (
            lambda user, claim: dispute.retest(user, claim),
            _("The tutor will ask you about it in your next lesson."),
        ),
        "remove": (
            lambda user, claim: dispute.forget(user, claim),
            _("Removed. What was seen of it until now is not believed any more."),
        ),
    }
)
