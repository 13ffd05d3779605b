"""The pages of conversations: open, send, stop.

A message is sent by plain HTTP, so that it has a status code, a CSRF check and an
idempotency key. The socket only shows what happens. Ownership is the first line of
every view: somebody else's conversation does not exist.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chatapp.accounts.caps import CapReached
from chatapp.accounts.models import User
from chatapp.accounts.request import PersonRequest, person_required
from chatapp.characters.personas import persona_for, personas_of
from chatapp.characters.theming import theme_for
from chatapp.characters.visible import visible_to
from chatapp.conversations import context, continuing, hub, path, turns
from chatapp.conversations.deleting import undos
from chatapp.conversations.draining import DRAIN
from chatapp.conversations.forms import ContinueForm, SendForm
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import RUNNING, Conversation, Generation, Message
from chatapp.conversations.opening import PLAYED, open_conversation
from chatapp.conversations.runner import RUNNER
from chatapp.conversations.shown import shown
from chatapp.conversations.threads import listed
from chatapp.conversations.window import place_of, window
from chatapp.memories import off_record
from chatapp.memories.lines import badge, count

View = Callable[..., HttpResponse]
BUSY = _(
    "The last reply is still being written. Wait for it or press Stop, then send again."
)
NOT_THE_LAST = _(
    "Only the last reply of a conversation can go on. Write a message, or regenerate"
    " this reply."
)
SHARED = _(
    "Another conversation branches off here, and would change too. Write a message, or"
    " regenerate this reply."
)
LEAVING = _(
    "The server is about to be restarted and takes no new messages. Your text is still"
    " here: send it again in a few seconds."
)
LEAVING_NOW = _("The server is about to be restarted. Try again in a few seconds.")
CHANGED = _(
    "This message had arrived already, in other words. Reload the page to see it; your"
    " text is kept."
)


@require_POST
@person_required
def start(request: PersonRequest, slug: str) -> HttpResponse:
    """A new conversation with a character."""
    character = get_object_or_404(visible_to(request.user), slug=slug)
    if character.needs_preview:
        return redirect("characters:preview", slug)
    return redirect(open_conversation(request.user, character, "character"))


@require_GET
@never_cache
@person_required
def open_page(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """The page of one conversation."""
    conversation = own_conversation(request.user, pk)
    character = conversation.character
    if character.needs_preview and character.deleted_at is None:
        # Chats were imported for a card that nobody has looked at yet.
        look = reverse("characters:preview", args=[character.slug])
        return redirect(f"{look}?{urlencode({'next': request.get_full_path()})}")
    anchor = context.anchor_of(conversation)
    lane = lane_of(conversation.lane)
    if not anchor.maas_id:
        async_to_sync(RUNNER.open_anchor)(
            anchor, lane.external_id(request.user), lane.anchor_name(character)
        )
    at = request.GET.get("at")
    said = window(conversation, place_of(conversation, at) if at else None)
    page = {
        "conversation": {
            "id": conversation.pk,
            "title": character.subject or character.name,
            "lane": conversation.lane,
            "name": character.name,
            "tagline": character.tagline,
            "portrait": character.portrait,
            "hue": character.accent,
            "theme": theme_for(request.user, character),
            "starters": character.starters,
            "is_empty": sum(len(stretch.messages) for stretch in said) <= 1,
            "path_version": conversation.path_version,
            "origin": _origin(conversation),
        },
        "undos": undos(conversation),
        "stretches": said,
        "conversations": listed(request.user, conversation.pk),
        "composer": {"key": uuid.uuid4(), "max_chars": settings.MESSAGE_MAX_CHARS},
        "persona": persona_for(conversation),
        "personas": personas_of(request.user) if conversation.lane == PLAYED else [],
        "off_record": off_record.current(pk),
        "beside": lane.beside(conversation),
        "memory_count": badge(count(anchor, path.origins(conversation.origin_id))),
    }
    return render(request, "conversations/open.html", page)


def while_serving(view: View) -> View:
    """Begin no reply while this process leaves: 503, and the text stays in its box."""

    @wraps(view)
    def serving(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if DRAIN.begun and "text" in request.POST:
            return notice(request, LEAVING, status=503, way="send-again")
        if DRAIN.begun:
            return notice(request, LEAVING_NOW, status=503, way="try-again")
        return view(request, *args, **kwargs)

    return serving


@require_POST
@person_required
@while_serving
def send(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a message and begin its reply; the answer is both of them as articles.

    Sent before the page's scripts were there, the answer is the page itself.
    """
    conversation = own_conversation(request.user, pk)
    form = SendForm(request.POST)
    if not form.is_valid():
        return notice(request, form.problem(), status=422)
    try:
        begun = turns.begin(
            request.user,
            conversation,
            form.cleaned_data["text"],
            form.cleaned_data["key"],
        )
    except Conversation.DoesNotExist as exc:
        raise Http404 from exc
    except turns.ReplyRunning:
        return notice(request, BUSY, status=409)
    except turns.KeyUsed:
        return notice(request, CHANGED, status=409)
    except CapReached as exc:
        return refused(request, exc)
    if begun.fresh:
        start_reply(begun)
    if is_navigation(request):
        return redirect(conversation)
    asked = [begun.user_message] if begun.user_message else []
    rows = [*asked, begun.reply_message]
    return articles(request, conversation, rows, are_new=begun.fresh)


@require_POST
@person_required
def stop(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """End the running reply; its text so far is kept. Nothing running is no error."""
    stop_reply(own_conversation(request.user, pk))
    return HttpResponse(status=204)


@require_POST
@person_required
@while_serving
def continue_reply(
    request: PersonRequest, pk: uuid.UUID, message: uuid.UUID
) -> HttpResponse:
    """Go on with the last reply where it ended, in the same message.

    A page whose first try was not answered asks again and gets the reply as it is.
    """
    conversation = own_conversation(request.user, pk)
    form = ContinueForm(request.POST)
    after = form.cleaned_data["generation"] if form.is_valid() else None
    try:
        begun = continuing.begin(request.user, conversation, message, after)
    except (Conversation.DoesNotExist, Message.DoesNotExist) as exc:
        raise Http404 from exc
    except continuing.GoneOn:
        reply = Message.objects.select_related("generation").get(pk=message)
        return articles(request, conversation, [reply])
    except turns.ReplyRunning:
        return notice(request, BUSY, status=409)
    except continuing.NothingToContinue:
        return notice(request, NOT_THE_LAST, status=409)
    except continuing.Shared:
        return notice(request, SHARED, status=409)
    except CapReached as exc:
        return refused(request, exc)
    start_reply(begun)
    return articles(request, conversation, [begun.reply_message])


def start_reply(begun: turns.Begun) -> None:
    """Have the reply written, in this process."""
    async_to_sync(RUNNER.start)(begun)


def stop_reply(conversation: Conversation) -> bool:
    """Have the running reply end soon, with its text; False when nothing runs."""
    running = Generation.objects.filter(
        conversation=conversation, status__in=RUNNING
    ).first()
    if running is not None and not async_to_sync(RUNNER.stop)(running.pk):
        # Another process writes it: told at once, or by the flag at its next flush.
        Generation.objects.filter(pk=running.pk).update(stop_requested=True)
        hub.ask_to_stop(running.pk)
    return running is not None


def own_conversation(user: User, pk: uuid.UUID) -> Conversation:
    """This person's conversation, or 404: another's does not exist for them."""
    conversation = context.find(pk, user.pk)
    if conversation is None:
        raise Http404
    return conversation


def _origin(conversation: Conversation) -> dict[str, str] | None:
    """Where it branched from, while that is there."""
    origin = conversation.origin
    if origin is None or origin.user_id != conversation.user_id:
        return None
    return {"url": origin.get_absolute_url(), "title": origin.title}


def articles(
    request: PersonRequest,
    conversation: Conversation,
    rows: list[Message],
    *,
    are_new: bool = False,
) -> HttpResponse:
    """These messages, as they were written, as the page's articles.

    The reply may have grown since: the socket tells, and wins over what is older.
    """
    page = {"messages": shown(conversation, rows, are_new=are_new)}
    return render(request, "conversations/_sent.html", page)


def refused(request: PersonRequest, cap: CapReached) -> HttpResponse:
    """A cap was reached: say which, and when to try again."""
    response = notice(request, cap.message, status=429)
    if cap.retry_after_s:
        response["Retry-After"] = str(max(1, round(cap.retry_after_s)))
    return response


def is_navigation(request: PersonRequest) -> bool:
    """Whether the browser itself sent the form, and will show whatever is answered."""
    return not request.htmx and "text/html" in request.headers.get("Accept", "")


def notice(
    request: PersonRequest, problem: str | Promise, *, status: int, way: str = ""
) -> HttpResponse:
    """A sentence above the composer; the message stays in the box.

    `way` is the button that goes with it: "send-again" or "try-again". To a message that
    was sent before the page's scripts were there, the answer is a page that holds it.
    """
    if is_navigation(request) and "text" in request.POST:
        # A key that stands for other words would be refused for ever.
        key = uuid.uuid4() if problem is CHANGED else request.POST.get("key", "")
        unsent = {"problem": problem, "key": key}
        return render(request, "conversations/unsent.html", unsent, status=status)
    response = render(
        request,
        "conversations/_notice.html",
        {"problem": problem, "way": way},
        status=status,
    )
    # The form's own target is the transcript; an error belongs beside the composer.
    response["HX-Retarget"] = "#notice"
    response["HX-Reswap"] = "innerHTML"
    return response
