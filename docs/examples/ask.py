"""A conversation with memory in a terminal, with memory/ and nothing else of ours.

    python docs/examples/ask.py "I'm allergic to shellfish." "What am I allergic to?"

Each argument is one message. Settings: MAAS_BASE_URL, MAAS_API_KEY, MAAS_WORKSPACE_ID,
OPENAI_BASE_URL, OPENAI_API_KEY, CHAT_MODEL; ANCHOR_ID to go on with an earlier memory.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from memory import events
from memory.client import MaasClient
from memory.errors import AnchorageError
from memory.evaluate import Verdict
from memory.extract import Extraction
from memory.feedback import Feedback
from memory.llm import ChatModel, Message
from memory.taxonomy import CHARACTER
from memory.turn import Answer, Entry, Step, Turn, answer, learn


class Notebook:
    """A `memory.turn.Book` for one turn. Yours keeps this in a database."""

    def __init__(self) -> None:
        self._done: set[str] = set()
        self._waiting: dict[str, Entry] = {}

    async def finished(self, step: Step) -> bool:
        return step in self._done

    async def evaluated(self, verdict: Verdict) -> None:
        self._done.add("evaluate")

    async def feeding(self) -> bool:
        first = "feeding" not in self._done
        self._done.add("feeding")
        return first

    async def not_fed(self) -> None:
        self._done.discard("feeding")

    async def fed_back(self, feedback: Feedback) -> None:
        self._done.add("feedback")

    async def extracted(self, extraction: Extraction) -> None:
        entries = [Entry(str(uuid.uuid4()), found) for found in extraction.candidates]
        self._waiting = {entry.client_ref: entry for entry in entries}
        self._done.add("extract")

    async def unsaved(self) -> Sequence[Entry]:
        return tuple(self._waiting.values())

    async def saved(self, entry: Entry, atom_id: str) -> None:
        del self._waiting[entry.client_ref]

    async def stored(self) -> None:
        self._done.add("store")

    async def failed(self, step: Step, error: AnchorageError) -> None:
        self._done.add(step)


async def converse(messages: Sequence[str]) -> None:
    """Answer each message with what is remembered, then learn from it."""
    memory = MaasClient(
        os.environ["MAAS_BASE_URL"],
        os.environ["MAAS_API_KEY"],
        os.environ["MAAS_WORKSPACE_ID"],
    )
    llm = ChatModel(
        model=os.environ.get("CHAT_MODEL", "gpt-4o-mini"),
        api_key=os.environ.get("OPENAI_API_KEY", ""),
        base_url=os.environ.get("OPENAI_BASE_URL"),
    )
    anchor_id = os.environ.get("ANCHOR_ID", "")
    if not anchor_id:  # one for each person and character: create it once, keep its id
        told = {"lane": f"ask:{uuid.uuid4()}", "user_external_id": "ask"}
        anchor_id = (await memory.create_anchor("ask.py", metadata=told)).anchor_id
    print(f"ANCHOR_ID={anchor_id}")
    history: list[Message] = []
    for text in messages:
        turn = Turn(
            anchor_id=anchor_id,
            user_external_id="ask",
            conversation_id="terminal",
            instructions="You are Guide.\n\nA calm companion with a good memory.",
            text=text,
            at=datetime.now(UTC),
            taxonomy=CHARACTER,
            history=tuple(history),
            speaker="Guide",
        )
        print(f"\n> {text}")
        answered = await show(turn, memory, llm)
        history += [Message("user", text), Message("assistant", answered.reply.text)]
        # On a server this belongs in a job: it must run whatever becomes of the page.
        async for event in learn(
            turn, answered, memory=memory, llm=llm, book=Notebook()
        ):
            match event:
                case events.FedBack(feedback):
                    print(f"feedback: {feedback.outcome}, {len(feedback.atom_ids)}")
                case events.Extracted(extraction):
                    for found in extraction.candidates:
                        print(f"remembers: {found.content} ({found.atom_type})")
    await memory.aclose()
    await llm.aclose()


async def show(turn: Turn, memory: MaasClient, llm: ChatModel) -> Answer:
    """Print the reply as it comes; what `learn()` needs to know of it."""
    async for event in answer(turn, memory=memory, llm=llm):
        match event:
            case events.Recalled(recollection):
                print(f"recalled: {[atom.content for atom in recollection.atoms]}")
            case events.Prompted(prompt):
                injected = prompt.injected
            case events.Token(piece):
                print(piece, end="", flush=True)
            case events.Replied(reply):
                print()
    return Answer(recollection, injected, reply)


if __name__ == "__main__":
    asyncio.run(converse(sys.argv[1:]))
