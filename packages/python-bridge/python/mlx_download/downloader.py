"""The downloader as a class."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .cached_models import cached_models, check_repo_id, default_cache_dir, describe_folder, remove_model
from .errors import ModelDownloadError
from .failure import failure_of
from .hub import Hub, list_models
from .project import LOCK, LockedModel, find_locked, now
from .records import MLXModelEntry, ModelInfo

MLX_COMMUNITY_ORG = "mlx-community"


class MLXModelDownloader:
    """Downloads, lists and removes MLX models.

    ``cache_dir`` defaults to the client's own (``HF_HUB_CACHE``, ``HF_HOME``), ``token`` to what the client finds
    (``HF_TOKEN``, the token file). ``verbose`` says on stderr what happens. Every method raises
    :class:`ModelDownloadError`.
    """

    def __init__(
        self,
        cache_dir: str | os.PathLike[str] | None = None,
        token: str | bool | None = None,
        verbose: bool = True,
        *,
        endpoint: str | None = None,
    ) -> None:
        self._cache_dir = Path(cache_dir).expanduser() if cache_dir else None
        self._hub = Hub(endpoint=endpoint, token=token)
        self.verbose = verbose

    @property
    def cache_dir(self) -> Path:
        """The hub cache."""
        with _coded():
            return self._cache_dir or default_cache_dir()

    def download_model(
        self,
        repo_id: str,
        local_dir: str | os.PathLike[str] | None = None,
        allow_patterns: str | Sequence[str] | None = None,
        ignore_patterns: str | Sequence[str] | None = None,
        force_download: bool = False,
        revision: str | None = None,
    ) -> ModelInfo:
        """Brings a model into the cache, or as plain files into ``local_dir``; what is there is not fetched again.

        ``repo_id`` may name a revision as well: ``org/name@revision``. A word without a slash may be an alias of the
        nearest project (``mlx-models.json`` upwards from the working directory). Then it is the commit and the files of
        its lock that come, and every byte is verified against it.
        """
        locked = find_locked(repo_id) if local_dir is None else None
        if locked is not None:
            if allow_patterns or ignore_patterns or revision:
                raise ModelDownloadError(
                    f"{repo_id} is locked: its files and its revision are those of {LOCK}",
                    "settings/invalid",
                    hint=f"Leave out patterns and revision, or name the model itself: {locked.repo_id}.",
                )
            return self._download_locked(locked, force_download)
        repo_id, _, named = repo_id.partition("@")
        check_repo_id(repo_id)
        if named and revision and named != revision:
            raise ModelDownloadError(
                f"two revisions of {repo_id}: {named} and {revision}",
                "ref/invalid",
                hint="Name one of them.",
                repo_id=repo_id,
            )
        revision = revision or named or None
        self._say(f"Downloading {repo_id}")
        with _coded(repo_id):
            from huggingface_hub import snapshot_download

            path = snapshot_download(
                repo_id,
                revision=revision,
                cache_dir=self.cache_dir,
                local_dir=None if local_dir is None else Path(local_dir),
                allow_patterns=_patterns(allow_patterns),
                ignore_patterns=_patterns(ignore_patterns),
                force_download=force_download,
                token=self._hub.token,
                endpoint=self._hub.endpoint,
                library_name="mlx-download",
            )
        folder = Path(path)
        commit = folder.name if local_dir is None else None
        info = describe_folder(repo_id, folder, commit=commit)
        self._say(f"Done: {info.path}")
        return info

    def _download_locked(self, locked: LockedModel, force_download: bool) -> ModelInfo:
        self._say(f"Downloading {locked.alias}: {locked.repo_id} at {locked.commit[:7]}")
        since = now()
        with _coded(locked.repo_id):
            from huggingface_hub import snapshot_download

            path = snapshot_download(
                locked.repo_id,
                revision=locked.commit,
                cache_dir=self.cache_dir,
                allow_patterns=locked.patterns(),
                force_download=force_download,
                token=self._hub.token,
                endpoint=self._hub.endpoint,
                library_name="mlx-download",
            )
            locked.verify(Path(path), since)
            info = describe_folder(
                locked.repo_id, Path(path), commit=locked.commit, files=list(locked.files)
            )
        self._say(f"Done: {info.path}")
        return info

    def list_mlx_models(
        self,
        filter_str: str | None = None,
        limit: int | None = 50,
        sort: str = "downloads",
        *,
        author: str | None = MLX_COMMUNITY_ORG,
    ) -> list[MLXModelEntry]:
        """Models of an author, or with ``author=None`` all with the tag ``mlx``; searched and sorted by the Hub."""
        with _coded():
            found = list_models(
                self._hub,
                search=filter_str,
                author=author,
                tags=None if author else ["mlx"],
                sort=sort,
                limit=limit,
            )
            return [
                MLXModelEntry(
                    repo_id=model["repoId"],
                    downloads=model["downloads"],
                    likes=model["likes"],
                    tags=model["tags"],
                    created_at=model["createdAt"],
                    last_modified=model["lastModified"],
                )
                for model in found
            ]

    def get_cached_models(self) -> list[ModelInfo]:
        """Models in the cache whose files are all there."""
        with _coded():
            return list(cached_models(self.cache_dir))

    def clear_cache(self, repo_id: str | None = None) -> list[str]:
        """Removes a model from the cache; without ``repo_id`` every MLX model, and nothing else that shares the cache.

        Returns the ids of what was removed, and says so when there was nothing. A model that a program has loaded or
        downloads stays, and one that is pinned: without ``repo_id`` that is said, with it ``cache/locked`` or
        ``cache/pinned`` is raised.
        """
        removed = []
        with _coded(repo_id):
            if repo_id is not None:
                removed = [repo_id] if remove_model(self.cache_dir, check_repo_id(repo_id)) else []
            else:
                for one in [model.repo_id for model in self.get_cached_models() if model.is_mlx]:
                    try:
                        removed += [one] if remove_model(self.cache_dir, one) else []
                    except ModelDownloadError as error:
                        if error.code not in ("cache/locked", "cache/pinned"):
                            raise
                        self._say(f"Kept: {error.message}")
        for one in removed:
            self._say(f"Removed {one}")
        if not removed:
            what = "no MLX model" if repo_id is None else f"no {repo_id}"
            self._say(f"Nothing removed: there is {what} in {self.cache_dir}")
        return removed

    def _say(self, text: str) -> None:
        if self.verbose:
            print(text, file=sys.stderr)


def _patterns(given: str | Sequence[str] | None) -> str | list[str] | None:
    return given if given is None or isinstance(given, str) else list(given)


@contextmanager
def _coded(repo_id: str | None = None) -> Iterator[None]:
    """Turns whatever the client raises into the one error of this package."""
    try:
        yield
    except ModelDownloadError:
        raise
    except ModuleNotFoundError as error:
        raise ModelDownloadError(
            f"this Python has no {error.name}",
            "python/no-hub-client",
            hint=f'Install it: {sys.executable} -m pip install "huggingface_hub>=0.34"',
        ) from error
    except Exception as error:
        code, message, hint, data = _told(failure_of(error), repo_id)
        raise ModelDownloadError(message, code, hint=hint, repo_id=repo_id, data=data) from error


#: For people who have no Node at hand: the code of an error answer by what the Hub said, else by its status.
_BY_WORD = {
    "RepoNotFound": "hub/repo-not-found",
    "RevisionNotFound": "hub/revision-not-found",
    "EntryNotFound": "hub/entry-not-found",
    "GatedRepo": "hub/gated",
}
_BY_STATUS = {401: "hub/repo-not-found", 403: "hub/forbidden", 404: "hub/repo-not-found", 429: "hub/rate-limited"}
_HINTS = {
    "hub/repo-not-found": "Check the spelling. If it is private, set HF_TOKEN or log in.",
    "hub/revision-not-found": "Look at the branches and tags on the model's page.",
    "hub/gated": "Open the model's page, accept its terms, and set HF_TOKEN.",
    "hub/forbidden": "Use a token that may read this repo.",
    "hub/rate-limited": "Wait a little; a token raises the limit.",
    "hub/unavailable": "Try again later. Models in the cache work offline.",
}


def _told(failure: dict[str, object], repo_id: str | None) -> tuple[str, str, str, dict[str, object]]:
    message = str(failure.get("message") or "")
    if failure["kind"] == "answer":
        headers = failure["headers"]
        said = headers.get("x-error-code", "") if isinstance(headers, dict) else ""
        status = failure["status"] if isinstance(failure["status"], int) else 0
        other = "hub/unavailable" if status >= 500 else "hub/bad-response"
        code = _BY_WORD.get(said) or _BY_STATUS.get(status) or other
        what = repo_id or "the Hub"
        text = f"{what}: the Hub answered {status}" + (f" ({said})" if said else "")
        return code, text, _HINTS.get(code, "Check HF_ENDPOINT."), {"status": status}
    if failure["kind"] == "network":
        hint = "Check the network connection and HF_ENDPOINT."
        return "hub/unreachable", f"the Hub cannot be reached: {message}", hint, {"cause": failure["code"]}
    if failure["kind"] == "system":
        full = failure["code"] in ("ENOSPC", "EDQUOT")
        code = "disk/full" if full else "cache/not-writable"
        hint = "Free some space and run again." if full else "Check who may write there, or name another folder."
        return code, message, hint, {}
    data = failure.get("data")
    return str(failure["code"]), message, str(failure.get("hint") or ""), data if isinstance(data, dict) else {}
