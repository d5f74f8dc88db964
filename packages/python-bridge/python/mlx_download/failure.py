"""What an exception of the Hub's client was about, whichever of its many versions raised it."""

from __future__ import annotations

import errno as errnos
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any

from .errors import ModelDownloadError

MAX_TEXT = 4000
#: Headers that decide what an error answer means and how long to wait.
_HEADERS = (
    "content-type",
    "ratelimit",
    "retry-after",
    "x-amz-cf-id",
    "x-amzn-trace-id",
    "x-error-code",
    "x-error-message",
    "x-request-id",
)
_SYSTEM = ("ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "ELOOP", "ENAMETOOLONG", "EIO")
#: The network exceptions of requests, urllib3, httpx and httpx2 by name: the clients share names, not classes.
_NETWORK = {
    "ProxyError": "UND_ERR_PRX_CONN",
    "ConnectTimeout": "UND_ERR_CONNECT_TIMEOUT",
    "ConnectTimeoutError": "UND_ERR_CONNECT_TIMEOUT",
    "PoolTimeout": "UND_ERR_CONNECT_TIMEOUT",
    "ReadTimeout": "UND_ERR_BODY_TIMEOUT",
    "ReadTimeoutError": "UND_ERR_BODY_TIMEOUT",
    "WriteTimeout": "UND_ERR_BODY_TIMEOUT",
    "Timeout": "UND_ERR_BODY_TIMEOUT",
    "TimeoutException": "UND_ERR_BODY_TIMEOUT",
    "SSLError": "EPROTO",
    "NameResolutionError": "ENOTFOUND",
    "RemoteProtocolError": "UND_ERR_SOCKET",
    "ChunkedEncodingError": "UND_ERR_SOCKET",
    "IncompleteRead": "UND_ERR_SOCKET",
    "ProtocolError": "UND_ERR_SOCKET",
    "ReadError": "UND_ERR_SOCKET",
    "WriteError": "UND_ERR_SOCKET",
    "CloseError": "UND_ERR_SOCKET",
    "ConnectError": "UND_ERR_CONNECT",
    "ConnectionError": "UND_ERR_CONNECT",
    "NewConnectionError": "UND_ERR_CONNECT",
    "MaxRetryError": "UND_ERR_CONNECT",
    "TransportError": "UND_ERR_SOCKET",
}
# The same as SECRET in packages/core/src/http/secrets.ts: a test holds them together.
_SECRET = re.compile(
    r"\bhf_oauth_[\w.-]+"
    r"|\bhf_(?!(?:transfer|inference|file_system|raise_for_status)\b|hub_|xet_)\w{8,}"
    r"|\bBearer\s+[^\s\"']+",
    re.ASCII,
)


def redact(text: str) -> str:
    """Foreign text without tokens, no longer than an error needs."""
    return _SECRET.sub("<secret>", text)[:MAX_TEXT]


def failure_of(error: BaseException, *, path: str | None = None, midway: bool = False) -> dict[str, Any]:
    """The failure in the form of the bridge's protocol: kind ``answer``, ``network``, ``system`` or ``coded``."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, ModelDownloadError):
            return coded(link.code, link.message, link.hint, link.data)
    for link in chain:
        answer = _answer_of(link, path)
        if answer is not None:
            return answer
    names = {name for link in chain for name in _names(link)}
    text = _text(error)
    if "OfflineModeIsEnabled" in names:
        return coded(
            "offline/not-cached",
            "the Python client is in offline mode (HF_HUB_OFFLINE)",
            "Unset HF_HUB_OFFLINE, or use what the cache has.",
        )
    if "HFValidationError" in names:
        return coded("cache/invalid-repo-id", text, "Write the name as the Hub shows it: org/name.")
    if "Consistency check failed" in text:
        return coded(
            "transfer/size-mismatch",
            f"{path or 'a file'} arrived with another size than the Hub promised",
            "Try again later, or from another endpoint.",
            {"path": path},
        )
    network = _network_code(chain)
    if network is not None:
        return {"kind": "network", "code": network, "message": text, "midway": midway}
    if "FileMetadataError" in names:
        return coded("hub/bad-response", text, "Check that HF_ENDPOINT names a Hub.")
    for link in chain:
        if isinstance(link, OSError) and link.errno is not None:
            code = errnos.errorcode.get(link.errno, "UNKNOWN")
            if code in _SYSTEM:
                where = link.filename if isinstance(link.filename, str) else None
                return {"kind": "system", "code": code, "message": text, **({"path": where} if where else {})}
    return coded(
        "python/failed",
        f"the Python client failed: {type(error).__name__}: {text}",
        "Run again with HF_DEBUG=1 and look at what Python says, or leave out the Python backend.",
        {"exception": type(error).__name__},
    )


def coded(code: str, message: str, hint: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """A failure that has its code already."""
    return {"kind": "coded", "code": code, "message": redact(message), "hint": hint, "data": data or {}}


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what lies behind it, breadth first: causes, contexts, and the reasons urllib3 wraps."""
    queue: list[BaseException] = [error]
    seen: set[int] = set()
    while queue and len(seen) < 64:
        link = queue.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        behind = (link.__cause__, link.__context__, getattr(link, "reason", None), *link.args)
        queue.extend(one for one in behind if isinstance(one, BaseException))


def _names(error: BaseException) -> list[str]:
    return [one.__name__ for one in type(error).__mro__]


def _text(error: BaseException) -> str:
    return redact(" ".join(str(error).split()) or type(error).__name__)


def _answer_of(error: BaseException, path: str | None) -> dict[str, Any] | None:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if response is None or not isinstance(status, int):
        return None
    headers: dict[str, str] = {}
    for name in _HEADERS:
        value = response.headers.get(name)
        if value is not None:
            headers[name] = redact(str(value))
    try:
        body = redact(str(response.text))
    except Exception:  # noqa: BLE001 - a stream that was never read
        body = ""
    return {
        "kind": "answer",
        "status": status,
        "headers": headers,
        "url": str(getattr(response, "url", "")),
        "body": body,
        **({"path": path} if path else {}),
    }


def _network_code(chain: list[BaseException]) -> str | None:
    """A system code such as ``ECONNREFUSED``; None when this was no matter of the network."""
    named = [_NETWORK[name] for link in chain for name in _names(link) if name in _NETWORK]
    if not named:
        return None
    for link in chain:
        if isinstance(link, ssl.SSLError):
            return "CERT_UNTRUSTED" if "CERTIFICATE" in str(link).upper() else "EPROTO"
        if isinstance(link, socket.gaierror):
            return "ENOTFOUND"
    if "UND_ERR_PRX_CONN" in named:
        return "UND_ERR_PRX_CONN"
    for link in chain:
        if isinstance(link, OSError) and link.errno is not None and link.errno > 0:
            return errnos.errorcode.get(link.errno, named[0])
    for code in named:
        if code != "UND_ERR_CONNECT":
            return code
    # httpx says the errno in its text only.
    found = re.search(r"\[Errno (-?\d+)\]", " ".join(str(link) for link in chain))
    if found:
        number = int(found.group(1))
        return "ENOTFOUND" if number < 0 else errnos.errorcode.get(number, "UND_ERR_CONNECT")
    return "UND_ERR_CONNECT"
