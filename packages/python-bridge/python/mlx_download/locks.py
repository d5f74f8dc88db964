"""Whether somebody holds a lock of a repo: a download of any client, or a program that has loaded the model."""

from __future__ import annotations

import os
import socket
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where the locks are files that exist while they are held.
    fcntl = None  # type: ignore[assignment]


def held_lock(folder: Path) -> Path | None:
    """The first lock in a repo's folder of locks that is held; None when there is none. Leaves every lock as it is."""
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return None
    for path in found:
        if path.name.endswith(".soft") and _is_soft_held(path):
            return path
        if path.name.endswith(".lock") and (_is_flocked(path) or _is_soft_held(path)):
            return path
    return None


def _is_flocked(path: Path) -> bool:
    if fcntl is None:
        return False
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _is_soft_held(path: Path) -> bool:
    """A file with the holder's process id and host name, one a line, as filelock's ``SoftFileLock`` writes it."""
    try:
        pid, host, *_ = path.read_text("utf-8", "replace")[:1024].split("\n") + ["", ""]
    except OSError:
        return False
    if not pid.isdigit() or not host:
        return False
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
