"""The account that PostgreSQL runs as when the site runs as root, which it refuses.

Called by `embedded.postgres` before the server starts. It makes a system account and
opens no more than the way to the program and the data: passing through directories,
never listing them.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from embedded.postgres_locks import EmbeddedPostgresError

NAME = "pgserver"


@dataclass(frozen=True)
class Account:
    """A user id and its main group."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """None when this process may run PostgreSQL itself, else the account to use.

    Raises EmbeddedPostgresError when the process is root and the account cannot be made.
    """
    if os.geteuid() != 0:
        return None
    entry = _entry() or _made()
    return Account(entry.pw_uid, entry.pw_gid)


def own(directory: Path, account: Account | None) -> None:
    """Make `directory` and give it to `account`, for its eyes only."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    if account:
        os.chown(directory, account.uid, account.gid)
        _let_through(directory)


def let_run(programs: Path) -> None:
    """Let any account run the programs in `programs` and read the files they come with."""
    _let_through(programs)
    if (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in [programs.parent, *programs.parent.rglob("*")]:
        mode = path.stat().st_mode
        extra = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        path.chmod(mode | extra)


def _let_through(path: Path) -> None:
    for directory in path.resolve().parents:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(mode | stat.S_IXOTH)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd:
    program = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    said = "there is no useradd on this machine"
    if program:
        done = subprocess.run(
            [
                program,
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                NAME,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stderr.strip()
    # Asked again whatever useradd said: another process may have been quicker.
    if (entry := _entry()) is None:
        msg = (
            f"PostgreSQL does not run as root, and the account {NAME} for it could not be "
            f"made ({said}). Start the site as another user, or make that account."
        )
        raise EmbeddedPostgresError(msg)
    return entry
