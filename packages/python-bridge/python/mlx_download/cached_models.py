"""The models in the Hub's cache, read from the folders themselves."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .errors import ModelDownloadError
from .locks import held_lock
from .records import ModelInfo

_REPO_ID = re.compile(r"(?!.*(--|\.\.|\.git$))[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?")
_MAX_TEXT = 4 * 1024 * 1024


def check_repo_id(repo_id: str) -> str:
    """The id, when it is one: ``org/name`` or ``name``. Raises ``cache/invalid-repo-id``."""
    parts = repo_id.split("/")
    if len(parts) <= 2 and all(_REPO_ID.fullmatch(part) for part in parts):
        return repo_id
    raise ModelDownloadError(
        f"{repo_id!r} is not the id of a repo",
        "cache/invalid-repo-id",
        hint="Write the name as the Hub shows it: org/name.",
    )


def default_cache_dir() -> Path:
    """The hub cache as the client finds it from ``HF_HUB_CACHE``, ``HF_HOME`` and the rest."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def cached_models(cache_dir: Path) -> Iterator[ModelInfo]:
    """One a repo: the snapshot that ``main`` points at, else the newest; those with missing files are left out."""
    try:
        folders = sorted(cache_dir.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    for folder in folders:
        kind, _, name = folder.name.partition("--")
        if kind != "models" or not name or not folder.is_dir():
            continue
        whole = [one for one in _snapshots(folder) if _is_whole(folder, one)]
        if whole:
            main = _read(folder / "refs" / "main").strip()
            newest = max(whole, key=lambda one: one.stat().st_mtime)
            chosen = next((one for one in whole if one.name == main), newest)
            yield describe_folder(name.replace("--", "/"), chosen, commit=chosen.name)


def describe_folder(
    repo_id: str, folder: Path, *, commit: str | None, files: list[str] | None = None
) -> ModelInfo:
    """Describes the model in a folder from its own files: no name is guessed at."""
    names = _files_below(folder) if files is None else sorted(files)
    size = 0
    newest = 0.0
    for name in names:
        try:
            stats = (folder / name).stat()
        except OSError:
            continue
        size += stats.st_size
        newest = max(newest, stats.st_mtime)
    config = _read_json(folder / "config.json")
    modified = datetime.fromtimestamp(newest, timezone.utc).isoformat() if newest else None
    return ModelInfo(
        repo_id=repo_id,
        path=str(folder),
        size_bytes=size,
        files=names,
        last_modified=modified,
        quantization=quantization_label(config),
        commit=commit,
        is_mlx=isinstance(config.get("quantization"), dict) or _has_mlx_card(folder) or _has_mlx_weights(folder, names),
    )


def remove_model(cache_dir: Path, repo_id: str) -> bool:
    """Removes one repo from the cache, whole; False when it is not there. Follows no links.

    Raises ``cache/locked`` while a program downloads into it or has loaded it, ``cache/pinned`` for a pinned model.
    """
    folder = cache_dir / f"models--{check_repo_id(repo_id).replace('/', '--')}"
    if folder.is_symlink() or not folder.is_dir():
        return False
    if _names_in(folder / ".mlx-download" / "pins"):
        raise ModelDownloadError(
            f"{repo_id} is pinned",
            "cache/pinned",
            hint=f"Take the pin off first: mlx-download unpin {repo_id}",
            repo_id=repo_id,
        )
    held = held_lock(cache_dir / ".locks" / folder.name)
    if held is not None:
        loaded = held.name.startswith("use-")
        raise ModelDownloadError(
            f"{repo_id} is loaded by a program" if loaded else f"Somebody is downloading into {repo_id}",
            "cache/locked",
            hint="End that program, or wait for it, and run again.",
            repo_id=repo_id,
            data={"path": str(held)},
        )
    # Half a removal must not look like a model: refs and snapshots go before the blobs.
    for part in ("refs", "trees", "snapshots"):
        shutil.rmtree(folder / part, ignore_errors=True)
    shutil.rmtree(folder)
    return True


def quantization_label(config: dict[str, Any]) -> str | None:
    """``4bit-g64``, ``mxfp4``, a foreign method, else the dtype; None when the config does not say."""
    text = config.get("text_config")
    for source in (config, text if isinstance(text, dict) else {}):
        label = _mlx_label(source.get("quantization")) or _method_label(source.get("quantization_config"))
        if label:
            return label
    for source in (config, text if isinstance(text, dict) else {}):
        dtype = source.get("torch_dtype") or source.get("dtype")
        if isinstance(dtype, str) and re.fullmatch(r"[\w.-]{1,40}", dtype):
            return dtype
    return None


def _mlx_label(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    mode, bits, group = value.get("mode"), value.get("bits"), value.get("group_size")
    if isinstance(mode, str) and mode != "affine":
        return mode
    if not isinstance(bits, int) or isinstance(bits, bool):
        return None
    return f"{bits}bit-g{group}" if isinstance(group, int) else f"{bits}bit"


def _method_label(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    method = value.get("quant_method")
    return method if isinstance(method, str) else _mlx_label(value)


def _snapshots(folder: Path) -> list[Path]:
    try:
        return [one for one in (folder / "snapshots").iterdir() if re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", one.name)]
    except OSError:
        return []


def _names_in(folder: Path) -> list[str]:
    try:
        return [one.name for one in folder.iterdir()]
    except OSError:
        return []


def _is_whole(folder: Path, snapshot: Path) -> bool:
    """Are all files there that the safetensors index names, and is no link broken?"""
    names = _files_below(snapshot)
    if not names or any(not (snapshot / name).exists() for name in names):
        return False
    weights = _read_json(snapshot / "model.safetensors.index.json").get("weight_map")
    shards = set(weights.values()) if isinstance(weights, dict) else set()
    return all(isinstance(shard, str) and (snapshot / shard).is_file() for shard in shards)


def _files_below(folder: Path) -> list[str]:
    names = []
    for root, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if one != ".cache"]
        names += [Path(root, name).relative_to(folder).as_posix() for name in files]
    return sorted(names)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_TEXT).decode("utf-8", "replace")
    except OSError:
        return ""


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_read(path))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _has_mlx_card(folder: Path) -> bool:
    found = re.match(r"---\r?\n(.*?)\r?\n---", _read(folder / "README.md"), re.DOTALL)
    front = found.group(1) if found else ""
    return bool(re.search(r"^(?:library_name:|\s*-)\s*[\"']?mlx[\"']?\s*$", front, re.MULTILINE))


def _has_mlx_weights(folder: Path, names: list[str]) -> bool:
    name = next((one for one in names if re.fullmatch(r"model.*\.safetensors", one)), None)
    if name is None:
        return False
    try:
        with (folder / name).open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if 0 < length <= 25_000_000 else {}
    except (OSError, ValueError):
        return False
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    return isinstance(metadata, dict) and metadata.get("format") == "mlx"
