"""The named crash points of a turn: every commit and every remote call that it makes.

`passing.py` names them after the code, so the lists here say only which of them belong
to a turn. `test_points.py` fails for a step that stands in none of them: a Book method,
a client call, a function that writes in one of the modules below.
"""

from __future__ import annotations

MODULES = (
    "chatapp.conversations.ending",
    "chatapp.conversations.turns",
    "chatapp.conversations.continuing",
    "chatapp.conversations.writing",
    "chatapp.conversations.flushing",
    "chatapp.conversations.learnable",
    "chatapp.conversations.tasks",
    "chatapp.accounts.caps",
    "chatapp.memories.anchors",
    "chatapp.memories.book",
    "chatapp.memories.keeping",
    "chatapp.memories.records",
    "chatapp.memories.restore",
)
"""Where the commits of a turn stand."""

WEB = (
    *("turns.begin", "flushing.together", "writing.flush", "writing.close"),
    *("anchors.claim", "maas.create_anchor", "anchors.settle"),
    *("maas.recall", "model.stream"),
)
"""What the web server does for a plain turn, from its message to the end of its reply."""
WORKER = (
    *("job.fetch", "learnable.record", "book.evaluated", "book.feeding"),
    *("maas.feedback", "book.fed_back", "model.structured", "book.extracted"),
    *("caps.charge", "maas.store_atom", "book.saved", "book.stored"),
    *("records.done_learning", "job.finish"),
)
"""What the worker does to learn from it."""
MIDDLE = ("model.stream:mid",)
POINTS = (
    *(f"{name}:{when}" for name in (*WEB, *WORKER) for when in ("before", "after")),
    *MIDDLE,
)
"""Each is killed at twenty times in the long form."""

SOMETIMES = {
    "continuing.begin": "Continue: a further generation of the same message",
    "anchors.release": "the memory service did not take the anchor",
    "anchors.give_up": "the memory service has lost the anchor",
    "book.not_fed": "feedback surely did nothing",
    "book.failed": "a step that can never succeed",
    "records.note_waiting": "learning waits for an outage",
    "records.note_broken": "learning failed by a fault of ours",
    "records.note_refused": "the service refused the anchor: nothing is learnt",
    "job.retry": "the job waits for its next try",
    "learnable.load": "the turn was said off the record: a note says so",
    "learnable.left_behind": "the reply was left for another before it was learnt",
    "queue.move": "jobs brought forward, set aside or brought back",
    "pause.claim_probe": "the memory service was away: one asks whether it is back",
    "keeping.confirm_late": "an atom was stored while its evidence was removed",
    "maas.delete_atom": "an atom whose undo is over is removed from memory",
    "caps.renew": "a reply that runs for longer than five seconds",
    "keeping.confirm": "an atom stored again in another anchor",
    "maas.recall_user": "a person whose characters share what they know",
    "restore.refused": "the service never takes what the person corrected",
}
"""Commits of a turn that a plain one does not make: a fault, a long reply or a path
that changed brings them about. Kills at random moments meet them."""
WITHIN = {
    "turns.begin_again": "regenerate: the same commit as begin",
    "turns.lock": "in begin's transaction",
    "turns.grow": "in begin's transaction",
    "turns.write": "in begin's transaction",
    "turns.reply_to": "in begin's transaction",
    "ending.end": "in close's transaction, or the reaper's",
    "ending.finish": "in close's transaction, or the reaper's",
    "writing.log": "in flush's transaction",
    "writing.record": "in flush's or close's transaction",
    "anchors.anchor_for": "opening a conversation makes the row; a turn finds it",
    "caps.admit": "in begin's transaction",
    "caps.ask": "in begin's transaction",
    "caps.reserve_more": "in begin's transaction",
    "caps.decide": "in begin's transaction",
    "anchors.one": "opening a conversation makes the row; a turn finds it",
    "turns.init": "reads the statements that begin sends",
    "caps.settle": "in close's transaction, or the reaper's",
    "records.open_record": "in flush's or close's transaction",
    "records.note_reply": "in close's transaction, or the reaper's",
    "records.note_left_behind": "in left_behind's transaction",
    "records.chosen_again": "in the transaction that chooses a reply again",
    "records.take_back_left_behind": "in the transaction that chooses it again",
    "keeping.confirm_forgotten": "in confirm's transaction",
    "book.close": "in the transaction of whoever closes a step",
    "book.take_in": "in extracted's transaction",
    "tasks.unjump": "in move's transaction",
    "tasks.defer_renewal": "in close's transaction",
    "tasks.defer_summary": "in close's transaction",
}
"""Functions that write inside the transaction of another one."""
READS = {"book.finished", "book.unsaved"}
"""Book methods that only read."""


def process_of(point: str) -> str:
    """Which process passes it in a plain turn: "web" or "worker"."""
    return "web" if point.split(":", maxsplit=1)[0] in WEB else "worker"
