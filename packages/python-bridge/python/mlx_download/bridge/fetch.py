"""Brings files of one commit into the cache or a folder with ``hf_hub_download``, several at once."""

from __future__ import annotations

import ctypes
import gc
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._version import __version__
from ..failure import failure_of
from ..hub import Hub, accepted
from .progress_bar import Cancelled, FileProgress, bar_class, watch_old_clients, watch_thread

#: Progress of a file is told this often at most.
_INTERVAL = 0.1
#: What the client reads before it tells, and keeps of a cut connection: 10 MiB by its own choice.
_CHUNK = 1024 * 1024
#: How long a cancelled thread may take to see it by itself.
_GRACE = 0.5


class FetchFailed(Exception):
    """One file failed; ``failure`` says how."""

    def __init__(self, failure: dict[str, Any]) -> None:
        super().__init__(failure.get("message", ""))
        self.failure = failure


@dataclass(frozen=True)
class Order:
    """What to bring and where to; ``emit`` hears of files that move and files that are there."""

    hub: Hub
    repo_id: str
    commit: str
    files: list[str]
    cache_dir: str
    local_dir: str | None
    connections: int
    force: bool
    emit: Callable[[dict[str, Any]], None]
    cancelled: threading.Event
    #: Is no other call at work in this process?
    alone: Callable[[], bool]


def fetch(order: Order) -> None:
    """Brings every file; raises :class:`FetchFailed` for the first that fails, once the others have ended."""
    from huggingface_hub import constants, hf_hub_download

    constants.DOWNLOAD_CHUNK_SIZE = _CHUNK
    if not accepted(hf_hub_download, tqdm_class=None):
        watch_old_clients()
    stop = threading.Event()
    failures: list[dict[str, Any]] = []
    waiting = iter(order.files)
    taking = threading.Lock()

    def ended() -> bool:
        return stop.is_set() or order.cancelled.is_set()

    def bring(path: str) -> None:
        progress = FileProgress(ended)
        progress.changed = _teller(order, path, progress)
        watch_thread(progress)
        try:
            hf_hub_download(
                order.repo_id,
                path,
                revision=order.commit,
                endpoint=order.hub.endpoint,
                token=order.hub.token,
                etag_timeout=order.hub.etag_timeout or 10,
                force_download=order.force,
                library_name="mlx-download",
                library_version=__version__,
                cache_dir=order.cache_dir,
                local_dir=order.local_dir,
                **accepted(hf_hub_download, tqdm_class=bar_class(progress)),
            )
            order.emit({"type": "file", "path": path, "wire": progress.wire if progress.told else 0})
        except Cancelled:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, the caller hears of it
            if not ended():
                failures.append(failure_of(error, path=path, midway=progress.received > 0))
                stop.set()
        finally:
            watch_thread(None)

    def work() -> None:
        try:
            while not ended():
                with taking:
                    path = next(waiting, None)
                if path is None:
                    return
                bring(path)
        except Cancelled:
            pass

    count = min(max(1, order.connections), len(order.files))
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    _wait(threads, ended, order.alone)
    if failures and not order.cancelled.is_set():
        raise FetchFailed(failures[0])


def _wait(
    threads: list[threading.Thread], ended: Callable[[], bool], alone: Callable[[], bool]
) -> None:
    """Until all threads are done; once it is over, those that wait for the network are interrupted, each once."""
    over_at: float | None = None
    interrupted = False
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(0.02)
        if over_at is None and ended():
            over_at = time.monotonic()
        # Not at once and not twice: it must not hit a thread that is tidying up.
        if over_at is not None and not interrupted and time.monotonic() - over_at > _GRACE:
            interrupted = True
            for thread in threads:
                if thread.is_alive():
                    _interrupt(thread)
            # They still sit in a read that may last; the client then removes its temporary files.
            if alone():
                _end_reads()


def _end_reads() -> None:
    """Ends every read from a socket in this process, as if the other side had hung up."""
    for thing in gc.get_objects():
        if isinstance(thing, socket.socket):
            try:
                thing.shutdown(socket.SHUT_RDWR)
            except (OSError, ValueError):
                pass


def _interrupt(thread: threading.Thread) -> None:
    """Raises :class:`Cancelled` in the thread when it next runs Python."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Cancelled)
    )


def _teller(order: Order, path: str, progress: FileProgress) -> Callable[[], None]:
    """Emits a file's figures, not more often than anyone can read them."""
    told_at = 0.0

    def tell() -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at < _INTERVAL:
            return
        told_at = now
        order.emit(
            {"type": "progress", "path": path, "received": progress.received, "wire": progress.wire}
        )

    return tell
