"""The Hub through huggingface_hub, whichever of its versions from 0.34 on is installed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ._version import __version__
from .errors import ModelDownloadError

#: What a query may be sorted by, and the client's word for it.
SORTS = {
    "downloads": "downloads",
    "likes": "likes",
    "created": "created_at",
    "modified": "last_modified",
    "trending": "trending_score",
}
_LISTED = (
    "downloads",
    "likes",
    "tags",
    "createdAt",
    "lastModified",
    "gated",
    "private",
    "pipeline_tag",
    "library_name",
)


@dataclass(frozen=True)
class Hub:
    """Where to ask, and with which token (False: none, None: whatever the client finds)."""

    endpoint: str | None = None
    token: str | bool | None = None
    etag_timeout: float | None = None

    def api(self) -> Any:
        """A client of this Hub."""
        from huggingface_hub import HfApi

        return HfApi(
            endpoint=self.endpoint,
            token=self.token,
            library_name="mlx-download",
            library_version=__version__,
        )


def accepted(function: Callable[..., Any], **options: Any) -> dict[str, Any]:
    """Those of the options that this version's function knows."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in known}


def resolve_commit(hub: Hub, repo_id: str, revision: str) -> str:
    """The commit that the revision means now."""
    with _sound_answers("a model's description"):
        info = hub.api().model_info(repo_id, revision=revision, timeout=hub.etag_timeout)
        if not isinstance(info.sha, str):
            raise TypeError("no commit")
        return info.sha


def list_tree(hub: Hub, repo_id: str, commit: str) -> Iterator[dict[str, Any]]:
    """Every file of the commit as the Hub's tree lists it."""
    with _sound_answers("a list of files"):
        for item in hub.api().list_repo_tree(repo_id, recursive=True, revision=commit):
            if not hasattr(item, "blob_id"):
                continue
            lfs = getattr(item, "lfs", None)
            yield {
                "type": "file",
                "path": item.path,
                "size": item.size,
                "oid": item.blob_id,
                "lfs": None if lfs is None else {"oid": lfs.sha256, "size": lfs.size},
                "xetHash": getattr(item, "xet_hash", None),
            }


def list_models(
    hub: Hub,
    *,
    search: str | None = None,
    author: str | None = None,
    tags: list[str] | None = None,
    sort: str = "downloads",
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Models of the Hub, searched, sorted and counted by the server."""
    if sort not in SORTS:
        raise ModelDownloadError(
            f"{sort!r} is no order of a list",
            "settings/invalid",
            hint=f"Sort by one of: {', '.join(SORTS)}.",
        )
    api = hub.api()
    options = accepted(
        api.list_models,
        search=search,
        author=author,
        filter=tags or None,
        sort=SORTS[sort],
        direction=-1,
        limit=limit,
        expand=list(_LISTED),
    )
    with _sound_answers("a list of models"):
        for model in api.list_models(**options):
            yield {
                "repoId": model.id,
                "downloads": getattr(model, "downloads", None) or 0,
                "likes": getattr(model, "likes", None) or 0,
                "tags": [tag for tag in (getattr(model, "tags", None) or []) if isinstance(tag, str)],
                "createdAt": iso_date(getattr(model, "created_at", None)),
                "lastModified": iso_date(getattr(model, "last_modified", None)),
                "gated": getattr(model, "gated", None) or False,
                "private": bool(getattr(model, "private", False)),
                "pipelineTag": getattr(model, "pipeline_tag", None),
                "libraryName": getattr(model, "library_name", None),
            }


def iso_date(value: object) -> str | None:
    """A date in UTC as JavaScript writes it; None for anything else."""
    if not isinstance(value, datetime):
        return None
    return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _sound_answers:  # noqa: N801 - used like a function
    """Names what the client's parsing of a strange answer raises."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        strange = isinstance(error, (KeyError, TypeError, AttributeError, AssertionError)) or (
            error is not None and type(error).__name__ == "JSONDecodeError"
        )
        if strange:
            raise ModelDownloadError(
                f"the Hub answered with something that is not {self._what}",
                "hub/bad-response",
                hint="Check that HF_ENDPOINT names a Hub.",
            ) from error
