"""The models that a project locks: ``mlx-models.json`` and ``mlx-models.lock``, as the Node program writes them."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cached_models import check_repo_id
from .errors import ModelDownloadError

MANIFEST = "mlx-models.json"
LOCK = "mlx-models.lock"

_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LINE = re.compile(r"sha256:([0-9a-f]{64}) (0|[1-9]\d{0,15})(?: git-sha1:[0-9a-f]{40})?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MARKER = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: |$)", re.MULTILINE)
#: Larger files are trusted by their name in the cache, unless they have just come (bytes).
_SMALL = 16_000_000
_PIECE = 1 << 20


@dataclass(frozen=True)
class LockedModel:
    """A model as a lock has it. ``files`` maps each path to its SHA-256 and its bytes."""

    alias: str
    repo_id: str
    commit: str
    files: Mapping[str, tuple[str, int]]

    def patterns(self) -> list[str]:
        """The paths of the files, as patterns that match nothing else."""
        return [glob.escape(path) for path in self.files]

    def verify(self, folder: Path, since: float) -> None:
        """Compares the files in a snapshot with the lock; those that came after ``since`` byte by byte.

        Raises ``transfer/size-mismatch`` and ``transfer/checksum-mismatch``.
        """
        for path, (sha256, size) in self.files.items():
            place = folder / path
            real = Path(os.path.realpath(place))
            there = real.stat().st_size
            if there != size:
                raise self._other(path, "transfer/size-mismatch", f"it has {there} bytes, not {size}")
            is_new = real.stat().st_mtime >= since - 2
            if not is_new and size > _SMALL and real.name == sha256:
                continue
            actual = _sha256(real)
            if actual != sha256:
                raise self._other(path, "transfer/checksum-mismatch", f"its SHA-256 is {actual}")

    def _other(self, path: str, code: str, what: str) -> ModelDownloadError:
        return ModelDownloadError(
            f"{path} of {self.repo_id} is not as {LOCK} has it: {what}",
            code,
            hint="Take the lock from your repository again, or repair the cache: mlx-download repair.",
            repo_id=self.repo_id,
            data={"path": path, "commit": self.commit},
        )


def find_locked(alias: str, folder: str | os.PathLike[str] | None = None) -> LockedModel | None:
    """The locked model that a word without a slash names in the nearest project upwards from ``folder``.

    None when no project has such an alias. Raises ``lock/out-of-date`` for one that is not locked as its manifest wants
    it, ``lock/tampered`` for a lock that was changed by hand, ``lock/conflict``, ``lock/version`` and ``lock/invalid``.
    """
    if not _ALIAS.fullmatch(alias):
        return None
    project = find_project(folder)
    if project is None:
        return None
    wanted = _models(project / MANIFEST).get(alias)
    if wanted is None:
        return None
    entry = {"ref": wanted} if isinstance(wanted, str) else wanted
    locked = _models(project / LOCK).get(alias) if (project / LOCK).is_file() else None
    if not isinstance(entry, dict) or not isinstance(locked, dict) or not _is_for(entry, locked):
        raise ModelDownloadError(
            f"{alias} is not locked as {project / MANIFEST} wants it",
            "lock/out-of-date",
            hint="Run mlx-download install in the project.",
        )
    return _locked(alias, locked)


def find_project(folder: str | os.PathLike[str] | None = None) -> Path | None:
    """The nearest folder upwards with a manifest. Another user's one in a folder like /tmp does not count."""
    start = Path(folder or os.getcwd()).resolve()
    for one in (start, *start.parents):
        manifest = one / MANIFEST
        if not manifest.is_file():
            continue
        shared, owner = one.stat().st_mode & 0o1000, manifest.lstat().st_uid
        if not shared or owner in (os.getuid() if hasattr(os, "getuid") else owner, one.stat().st_uid):
            return one
    return None


def now() -> float:
    """The time before a download, for :meth:`LockedModel.verify`."""
    return time.time()


def _models(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8-sig")
    if _MARKER.search(text):
        raise ModelDownloadError(
            f"{path.name} has the markers of a merge conflict", "lock/conflict", hint="Resolve them first."
        )
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    version = whole.get("lockVersion", 1) if isinstance(whole, dict) else 1
    if isinstance(version, int) and version > 1:
        raise ModelDownloadError(
            f"{path.name} has format {version}", "lock/version", hint="A newer program wrote it: update this one."
        )
    models = whole.get("models") if isinstance(whole, dict) else None
    if version != 1 or not isinstance(models, dict):
        raise ModelDownloadError(
            f"{path} cannot be read", "lock/invalid", hint="Take an earlier version of it from your repository."
        )
    return models


def _is_for(wanted: dict[str, Any], locked: dict[str, Any]) -> bool:
    selection = locked.get("selection")
    chosen = selection if isinstance(selection, dict) else {}
    same = [wanted.get(name, []) == chosen.get(name, []) for name in ("include", "exclude")]
    return wanted.get("ref") == locked.get("requested") and all(same)


def _locked(alias: str, entry: dict[str, Any]) -> LockedModel:
    repo_id, commit, listed = entry.get("repoId"), entry.get("commit"), entry.get("files")
    asked = str(entry.get("requested")).partition("@")[0]
    sound = isinstance(repo_id, str) and isinstance(commit, str) and _COMMIT.fullmatch(commit)
    if not sound or not isinstance(listed, dict) or not listed or repo_id != asked:
        raise _tampered(alias, "its repo, commit or files are none")
    files: dict[str, tuple[str, int]] = {}
    for path, line in listed.items():
        found = _LINE.fullmatch(line) if isinstance(line, str) else None
        parts = path.split("/")
        if found is None or "" in parts or "." in parts or ".." in parts or "\\" in path or ":" in path:
            raise _tampered(alias, f"{path!r} is no file")
        files[path] = (found.group(1), int(found.group(2)))
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda one: one.encode()):
        whole.update(f"{files[path][0]} {files[path][1]} {path}\n".encode())
    if entry.get("digest") != f"sha256:{whole.hexdigest()}":
        raise _tampered(alias, "its digest is not that of its files")
    return LockedModel(alias, check_repo_id(str(repo_id)), str(commit), files)


def _tampered(alias: str, problem: str) -> ModelDownloadError:
    return ModelDownloadError(
        f"{LOCK}: {alias} was changed by hand: {problem}",
        "lock/tampered",
        hint="Take the lock from your repository again. Nothing of it is downloaded.",
        data={"alias": alias},
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(_PIECE), b""):
            digest.update(piece)
    return digest.hexdigest()
