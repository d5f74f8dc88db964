"""Reads calls from stdin and answers them, several at once, until stdin ends."""

from __future__ import annotations

import json
import logging
import os
import platform
import signal
import sys
import sysconfig
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .._version import __version__
from ..errors import ModelDownloadError
from ..failure import failure_of, redact
from ..hub import Hub, list_models, list_tree, resolve_commit
from .channel import MAX_LINE, Channel
from .fetch import FetchFailed, Order, fetch
from .runtime import package_version, runtime_info

PROTOCOL = 1
#: While calls run, a sign of life goes out this often.
_BEAT = 2.0
#: Items of a list in one message.
_PAGE = 500


class Call:
    """One call on its way: where its events go, and whether it is still wanted."""

    def __init__(self, number: int, channel: Channel, calls: dict[int, Call]) -> None:
        self.cancelled = threading.Event()
        self._number = number
        self._channel = channel
        self._calls = calls

    def emit(self, event: dict[str, Any]) -> None:
        """Sends an event of this call, unless nobody wants to hear of it any more."""
        if not self.cancelled.is_set():
            self._channel.send({"id": self._number, "event": event})

    def alone(self) -> bool:
        """Is no other call at work that is still wanted?"""
        return all(one is self or one.cancelled.is_set() for one in list(self._calls.values()))


def serve() -> None:
    """Speaks the protocol until stdin ends, then ends the process, whatever still runs."""
    # Ctrl-C in a terminal reaches every process of it; what it means is the parent's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel()
    _die_with_parent()
    channel.send({"hello": hello()})
    calls: dict[int, Call] = {}
    threading.Thread(target=_beat, args=(channel, calls), daemon=True).start()
    _forward_warnings(calls)
    try:
        while line := sys.stdin.buffer.readline(MAX_LINE + 1):
            _take(line, channel, calls)
    finally:
        # Threads of the client may wait for the network for a long time yet.
        os._exit(0)


def hello() -> dict[str, Any]:
    """Who answers: versions, and what decides how a missing package is brought."""
    return {
        "protocol": PROTOCOL,
        "pid": os.getpid(),
        "version": __version__,
        "python": platform.python_version(),
        "executable": sys.executable,
        "venv": sys.prefix != sys.base_prefix,
        "externallyManaged": Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").is_file(),
        "huggingfaceHub": package_version("huggingface_hub"),
        "hfXet": package_version("hf_xet"),
        "mlxLm": package_version("mlx-lm"),
    }


def _take(line: bytes, channel: Channel, calls: dict[int, Call]) -> None:
    message = json.loads(line) if len(line) <= MAX_LINE else None
    if not isinstance(message, dict):
        os._exit(65)
    if "cancel" in message:
        call = calls.get(message["cancel"])
        if call:
            call.cancelled.set()
        return
    number, method, params = message["id"], message["method"], message.get("params") or {}
    call = calls[number] = Call(number, channel, calls)

    def work() -> None:
        answer: dict[str, Any]
        try:
            answer = {"result": _METHODS.get(method, _unknown)(params, call)}
        except FetchFailed as failed:
            answer = {"error": failed.failure}
        except BaseException as error:  # noqa: BLE001 - every call gets its answer
            answer = {"error": failure_of(error)}
        calls.pop(number, None)
        channel.send({"id": number, **answer})

    threading.Thread(target=work, daemon=True).start()


def _hub(params: dict[str, Any]) -> Hub:
    timeout = params.get("etagTimeoutMs")
    return Hub(
        endpoint=params.get("endpoint"),
        token=params.get("token"),
        etag_timeout=timeout / 1000 if timeout else None,
    )


def _resolve(params: dict[str, Any], _call: Call) -> dict[str, Any]:
    return {"commit": resolve_commit(_hub(params), params["repoId"], params["revision"])}


def _tree(params: dict[str, Any], call: Call) -> dict[str, Any]:
    return _pages(list_tree(_hub(params), params["repoId"], params["revision"]), call)


def _list(params: dict[str, Any], call: Call) -> dict[str, Any]:
    query = {name: params[name] for name in ("search", "author", "tags", "sort", "limit") if params.get(name) is not None}
    return _pages(list_models(_hub(params), **query), call)


def _pages(items: Any, call: Call) -> dict[str, Any]:
    """Sends a list in pages as it comes; the answer is how many items there were."""
    page: list[Any] = []
    count = 0
    for item in items:
        if call.cancelled.is_set():
            break
        page.append(item)
        count += 1
        if len(page) == _PAGE:
            call.emit({"type": "items", "items": page})
            page = []
    if page:
        call.emit({"type": "items", "items": page})
    return {"count": count}


def _fetch(params: dict[str, Any], call: Call) -> dict[str, Any]:
    fetch(
        Order(
            hub=_hub(params),
            repo_id=params["repoId"],
            commit=params["commit"],
            files=params["files"],
            cache_dir=params["cacheDir"],
            local_dir=params.get("localDir"),
            connections=params["connections"],
            force=params["force"],
            emit=call.emit,
            cancelled=call.cancelled,
            alone=call.alone,
        )
    )
    return {}


def _runtime(_params: dict[str, Any], _call: Call) -> dict[str, Any]:
    return runtime_info()


def _unknown(_params: dict[str, Any], _call: Call) -> dict[str, Any]:
    raise ModelDownloadError("the bridge does not know this method", "python/protocol", hint="Update the package.")


_METHODS: dict[str, Callable[[dict[str, Any], Call], dict[str, Any]]] = {
    "resolve": _resolve,
    "tree": _tree,
    "list": _list,
    "fetch": _fetch,
    "runtime": _runtime,
}


def _beat(channel: Channel, calls: dict[int, Call]) -> None:
    while True:
        time.sleep(_BEAT)
        if calls:
            channel.send({"beat": len(calls)})


def _forward_warnings(calls: dict[int, Call]) -> None:
    """What the client warns of reaches whoever waits for it, instead of a stderr that nobody reads."""

    class Forward(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = redact(record.getMessage())
            for call in list(calls.values()):
                call.emit({"type": "warning", "message": text})

    logger = logging.getLogger("huggingface_hub")
    logger.addHandler(Forward(logging.WARNING))


def _die_with_parent() -> None:
    """On Linux the kernel ends us with the parent even if we hang; elsewhere the end of stdin must do."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        pass
