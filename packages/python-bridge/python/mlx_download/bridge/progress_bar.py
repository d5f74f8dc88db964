"""A progress bar that draws nothing and tells figures: how the Hub's client lets others watch a download."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any


class Cancelled(BaseException):
    """Ends the download of a file from within; no ``except Exception`` of the client swallows it."""


class FileProgress:
    """Bytes of one file that are here, and those that came over the network for it."""

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        #: Called after every change.
        self.changed: Callable[[], None] = lambda: None
        self.received = 0
        self.wire = 0
        #: A bar was made: the client told of its bytes.
        self.told = False
        self._counts_wire = False
        self._cancelled = cancelled

    def update(self, count: float | None) -> None:
        if self._cancelled():
            raise Cancelled
        bytes_now = int(count or 0)
        self.received = max(0, self.received + bytes_now)
        if not self._counts_wire and bytes_now > 0:
            self.wire += bytes_now
        self.changed()

    def update_transfer(self, count: float | None) -> None:
        if not self._counts_wire:
            # From here on the client counts both; the first of them was counted by `update` just before.
            self._counts_wire = True
            self.wire = 0
        self.wire += max(0, int(count or 0))
        self.changed()


def bar_class(progress: FileProgress) -> type[Any]:
    """A class for ``tqdm_class=`` whose instances feed ``progress``."""

    # Comes with the client, and must not be missed before it is known whether that is there.
    from tqdm.std import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *_args: Any, **options: Any) -> None:
            super().__init__(disable=True, total=options.get("total"))
            progress.told = True
            initial = int(options.get("initial") or 0)
            progress.received = max(progress.received, initial)

        def update(self, n: float | None = 1) -> None:
            progress.update(n)

        def update_transfer(self, n: float | None = 1) -> None:
            progress.update_transfer(n)

        def set_transfer_postfix_str(self, *_args: Any, **_options: Any) -> None:
            return None

    return Bar


_watching = threading.local()


def watch_thread(progress: FileProgress | None) -> None:
    """Bars that the client makes in this thread feed ``progress``: for clients that take no ``tqdm_class``."""
    _watching.progress = progress


def watch_old_clients() -> None:
    """Puts bars that draw nothing in the place of the client's own, where it makes them itself (before 1.0)."""
    module = sys.modules.get("huggingface_hub.utils.tqdm")
    original = getattr(module, "tqdm", None)
    if module is None or original is None or getattr(original, "_mlx_download", False):
        return

    def bar(*args: Any, **options: Any) -> Any:
        progress = getattr(_watching, "progress", None)
        return original(*args, **options) if progress is None else bar_class(progress)(*args, **options)

    bar._mlx_download = True  # type: ignore[attr-defined]
    module.tqdm = bar  # type: ignore[attr-defined]
