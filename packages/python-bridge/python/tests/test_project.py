from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from mlx_download import MLXModelDownloader, ModelDownloadError
from mlx_download.project import find_locked, find_project

REPO = "mlx-community/Tiny-4bit"


@pytest.fixture
def downloader(endpoint: str, cache_dir: Path) -> MLXModelDownloader:
    return MLXModelDownloader(cache_dir=cache_dir, verbose=False, endpoint=endpoint)


@pytest.fixture
def locked(downloader: MLXModelDownloader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A project that locks two files of a model under the alias chat, and the working directory in it."""
    info = downloader.download_model(REPO)
    downloader.clear_cache(REPO)
    again = downloader.download_model(f"{REPO}@{info.commit}", allow_patterns=["*.json"])
    files = {}
    whole = hashlib.sha256()
    for path in sorted(name for name in again.files if name.endswith(".json")):
        content = (Path(again.path) / path).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        files[path] = f"sha256:{sha256} {len(content)}"
        whole.update(f"{sha256} {len(content)} {path}\n".encode())
    downloader.clear_cache(REPO)
    entry = {
        "repoId": REPO,
        "requested": REPO,
        "commit": info.commit,
        "selection": {"include": ["*.json"], "exclude": []},
        "digest": f"sha256:{whole.hexdigest()}",
        "files": files,
    }
    manifest = {"models": {"chat": {"ref": REPO, "include": ["*.json"]}}}
    (tmp_path / "mlx-models.json").write_text(json.dumps(manifest))
    write_lock(tmp_path, entry)
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return entry


def write_lock(folder: Path, entry: dict[str, Any], version: int = 1) -> None:
    text = json.dumps({"lockVersion": version, "models": {"chat": entry}}, indent=2)
    (folder / "mlx-models.lock").write_text(text)


def test_an_alias_brings_what_its_lock_has(downloader: MLXModelDownloader, locked: dict[str, Any]) -> None:
    info = downloader.download_model("chat")
    assert (info.repo_id, info.commit, info.files) == (REPO, locked["commit"], sorted(locked["files"]))
    assert downloader.download_model("chat").path == info.path
    assert find_locked("other") is None
    assert find_locked(REPO) is None
    with pytest.raises(ModelDownloadError) as found:
        downloader.download_model("chat", revision="main")
    assert found.value.code == "settings/invalid"


def test_bytes_that_differ_from_the_lock_are_refused(
    downloader: MLXModelDownloader, locked: dict[str, Any], tmp_path: Path
) -> None:
    path = Path(downloader.download_model("chat").path) / "config.json"
    content = path.read_bytes()
    path.resolve().write_bytes(content[:-2] + b" \n")
    with pytest.raises(ModelDownloadError) as found:
        downloader.download_model("chat")
    assert found.value.code == "transfer/checksum-mismatch"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"digest": "sha256:" + "0" * 64}, "lock/tampered"),
        ({"commit": "main"}, "lock/tampered"),
        ({"repoId": "evil/model"}, "lock/tampered"),
        ({"files": {"../x": "sha256:" + "0" * 64 + " 1"}}, "lock/tampered"),
        ({"requested": f"{REPO}@v1"}, "lock/out-of-date"),
        ({"selection": {"include": [], "exclude": []}}, "lock/out-of-date"),
    ],
)
def test_a_changed_lock_is_refused(
    locked: dict[str, Any], tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    write_lock(tmp_path, {**locked, **change})
    with pytest.raises(ModelDownloadError) as found:
        find_locked("chat")
    assert (found.value.code, bool(found.value.hint)) == (code, True)


def test_a_merge_and_a_later_format_have_errors_of_their_own(locked: dict[str, Any], tmp_path: Path) -> None:
    write_lock(tmp_path, locked, version=2)
    with pytest.raises(ModelDownloadError) as found:
        find_locked("chat")
    assert found.value.code == "lock/version"
    (tmp_path / "mlx-models.lock").write_text("<<<<<<< HEAD\n{}\n")
    with pytest.raises(ModelDownloadError) as found:
        find_locked("chat")
    assert found.value.code == "lock/conflict"


def test_the_nearest_project_counts(tmp_path: Path) -> None:
    assert find_project(tmp_path) is None
    (tmp_path / "mlx-models.json").write_text('\ufeff{"models": {}}', encoding="utf-8")
    deep = tmp_path / "a"
    deep.mkdir()
    assert find_project(deep) == tmp_path.resolve()
    assert find_locked("chat", deep) is None
