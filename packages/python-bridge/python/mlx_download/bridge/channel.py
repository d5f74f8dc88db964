"""The protocol's own way out, which nothing else in the process can write to."""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

#: Longer lines are refused by both sides.
MAX_LINE = 8 * 1024 * 1024


class Channel:
    """Takes stdout for the protocol: whatever else prints, also from C, then goes to stderr."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._fd = os.dup(1)
        os.set_inheritable(self._fd, False)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        self._lock = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Writes one line, whole. When nobody reads any more there is nothing left to work for."""
        line = json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        if len(line) > MAX_LINE:
            raise ValueError(f"a message of {len(line)} bytes is too long")
        with self._lock:
            view = memoryview(line)
            try:
                while view:
                    view = view[os.write(self._fd, view) :]
            except OSError:
                os._exit(0)
