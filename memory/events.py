"""What happens in a turn, as the caller sees it: one frozen dataclass per event.

`answer()` yields Recalled, Prompted, Token ..., Replied. `learn()` yields Evaluated,
FedBack, Extracted, Stored ..., or StepFailed for a step that can never succeed.
"""

from __future__ import annotations

from dataclasses import dataclass

from memory.errors import AnchorageError
from memory.evaluate import Verdict
from memory.extract import Extraction
from memory.feedback import Feedback
from memory.prompt import Prompt
from memory.recall import Recollection
from memory.reply import Citation, Reply


@dataclass(frozen=True)
class Recalled:
    """The recall is over; `recollection.failure` says when it brought nothing."""

    recollection: Recollection


@dataclass(frozen=True)
class Prompted:
    """The prompt is built: this is the moment at which memory was *injected*."""

    prompt: Prompt


@dataclass(frozen=True)
class Token:
    """A piece of the reply to show, of any length, without markers.

    `citations` are those that ended up in front of its end, since the piece before.
    """

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Replied:
    """The reply ended by itself."""

    reply: Reply


@dataclass(frozen=True)
class Evaluated:
    """It is known which memories the reply used."""

    verdict: Verdict


@dataclass(frozen=True)
class FedBack:
    """Feedback was sent, or there was none to send."""

    feedback: Feedback


@dataclass(frozen=True)
class Extracted:
    """It is known what is worth remembering."""

    extraction: Extraction


@dataclass(frozen=True)
class Stored:
    """The service confirmed an atom under `atom_id`."""

    client_ref: str
    atom_id: str


@dataclass(frozen=True)
class StepFailed:
    """A step of `learn()` that can never succeed; the steps after it go on."""

    step: str
    error: AnchorageError


Answering = Recalled | Prompted | Token | Replied
Learning = Evaluated | FedBack | Extracted | Stored | StepFailed
