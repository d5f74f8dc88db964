from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from mlx_download import MLXModelDownloader, ModelDownloadError

REPO = "mlx-community/Tiny-4bit"


@pytest.fixture
def downloader(endpoint: str, cache_dir: Path) -> MLXModelDownloader:
    return MLXModelDownloader(cache_dir=cache_dir, verbose=False, endpoint=endpoint)


def test_a_model_is_downloaded_described_listed_and_removed(downloader: MLXModelDownloader, cache_dir: Path) -> None:
    info = downloader.download_model(REPO)
    assert info.repo_id == REPO
    assert Path(info.path).parent.name == "snapshots"
    assert info.size_bytes == sum((Path(info.path) / name).stat().st_size for name in info.files)
    assert "config.json" in info.files
    assert (info.quantization, info.is_mlx, len(info.commit or "")) == ("4bit-g32", True, 40)
    assert info.last_modified is not None
    assert downloader.get_cached_models() == [info]
    assert downloader.clear_cache(REPO) == [REPO]
    assert downloader.get_cached_models() == []
    assert downloader.clear_cache(REPO) == []


def test_patterns_revision_and_local_dir_are_kept_to(downloader: MLXModelDownloader, tmp_path: Path) -> None:
    info = downloader.download_model(
        REPO,
        local_dir=tmp_path / "plain",
        allow_patterns=["*.json"],
        ignore_patterns=["token*"],
        revision="v1",
    )
    assert info.path == os.path.realpath(tmp_path / "plain")
    assert "config.json" in info.files
    assert all(name.endswith(".json") and not name.startswith("token") for name in info.files)


def test_the_hub_searches_sorts_and_counts(downloader: MLXModelDownloader) -> None:
    assert [one.repo_id for one in downloader.list_mlx_models()] == [REPO, "mlx-community/Other"]
    assert [one.repo_id for one in downloader.list_mlx_models(filter_str="other")] == ["mlx-community/Other"]
    [first] = downloader.list_mlx_models(limit=1, sort="downloads")
    assert (first["repo_id"], first["downloads"], "mlx" in first.tags) == (REPO, 1234, True)
    assert first.created_at is not None and first.created_at.endswith("Z")
    with pytest.raises(ModelDownloadError) as found:
        downloader.list_mlx_models(sort="size")
    assert found.value.code == "settings/invalid"


@pytest.mark.parametrize(
    ("repo_id", "revision", "code"),
    [
        ("mlx-community/None", None, "hub/repo-not-found"),
        (REPO, "nope", "hub/revision-not-found"),
        ("acme/Gated", None, "hub/gated"),
        ("../evil", None, "cache/invalid-repo-id"),
        ("a/b/c", None, "cache/invalid-repo-id"),
        ("org/name/../..", None, "cache/invalid-repo-id"),
    ],
)
def test_what_goes_wrong_has_its_code_and_hint(
    downloader: MLXModelDownloader, repo_id: str, revision: str | None, code: str
) -> None:
    with pytest.raises(ModelDownloadError) as found:
        downloader.download_model(repo_id, revision=revision)
    assert (found.value.code, bool(found.value.hint)) == (code, True)


def test_nobody_there_is_unreachable(cache_dir: Path) -> None:
    lonely = MLXModelDownloader(cache_dir, verbose=False, endpoint="http://127.0.0.1:9")
    with pytest.raises(ModelDownloadError) as found:
        lonely.download_model(REPO)
    assert (found.value.code, found.value.data["cause"]) == ("hub/unreachable", "ECONNREFUSED")


def test_clearing_all_leaves_what_is_not_mlx(downloader: MLXModelDownloader, cache_dir: Path) -> None:
    downloader.download_model(REPO)
    other = cache_dir / "models--org--torch" / "snapshots" / ("a" * 40)
    other.mkdir(parents=True)
    (other / "pytorch_model.bin").write_bytes(b"torch")
    (cache_dir / "datasets--org--data").mkdir()
    assert downloader.clear_cache() == [REPO]
    assert (other / "pytorch_model.bin").exists()
    assert (cache_dir / "datasets--org--data").exists()


def test_a_revision_may_stand_behind_the_name(downloader: MLXModelDownloader) -> None:
    pinned = downloader.download_model(f"{REPO}@v1")
    assert pinned.commit == downloader.download_model(REPO, revision="v1").commit
    with pytest.raises(ModelDownloadError) as found:
        downloader.download_model(f"{REPO}@v1", revision="main")
    assert found.value.code == "ref/invalid"


@pytest.mark.parametrize("name", ["use-0123456789abcdef.lock", "download-0123456789abcdef.lock", "abc.lock"])
def test_what_somebody_holds_is_not_removed(
    downloader: MLXModelDownloader, cache_dir: Path, name: str
) -> None:
    fcntl = pytest.importorskip("fcntl")
    downloader.download_model(REPO)
    locks = cache_dir / ".locks" / f"models--{REPO.replace('/', '--')}"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ModelDownloadError) as found:
            downloader.clear_cache(REPO)
        assert found.value.code == "cache/locked"
        assert downloader.clear_cache() == []
    assert downloader.clear_cache(REPO) == [REPO]


def test_a_lock_without_flock_counts_while_its_holder_lives(
    downloader: MLXModelDownloader, cache_dir: Path
) -> None:
    downloader.download_model(REPO)
    locks = cache_dir / ".locks" / f"models--{REPO.replace('/', '--')}"
    locks.mkdir(parents=True, exist_ok=True)
    lock = locks / "use-0123456789abcdef.lock.soft"
    lock.write_text(f"{os.getpid()}\n{socket.gethostname()}\n")
    assert downloader.clear_cache() == []
    lock.write_text(f"{2**22 + 1}\n{socket.gethostname()}\n")
    assert downloader.clear_cache() == [REPO]


def test_a_pinned_model_is_not_removed(downloader: MLXModelDownloader, cache_dir: Path) -> None:
    info = downloader.download_model(REPO)
    pins = Path(info.path).parent.parent / ".mlx-download" / "pins"
    pins.mkdir(parents=True)
    (pins / "main").write_text(str(info.commit))
    with pytest.raises(ModelDownloadError) as found:
        downloader.clear_cache(REPO)
    assert found.value.code == "cache/pinned"


def test_clearing_nothing_says_so(cache_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert MLXModelDownloader(cache_dir).clear_cache() == []
    assert MLXModelDownloader(cache_dir).clear_cache("acme/None") == []
    assert capsys.readouterr().err.count("Nothing removed") == 2


def test_the_example_of_the_ancestor_runs_as_it_was_written(
    endpoint: str, cache_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache_dir))
    downloader = MLXModelDownloader()
    model_info = downloader.download_model(REPO)
    print(f"Model path: {model_info.path}")
    print(f"Size: {model_info.size_bytes} bytes")
    print(f"Quantization: {model_info.quantization}")
    models = downloader.list_mlx_models(filter_str="tiny", limit=10)
    for model in models:
        print(f"{model['repo_id']} - {model['downloads']:,} downloads")
    cached = downloader.get_cached_models()
    print(f"{len(cached)} models in cache")
    downloader.clear_cache()
    downloader.download_model(REPO)
    downloader.clear_cache(repo_id=REPO)
    out = capsys.readouterr().out
    assert f"{REPO} - 1,234 downloads" in out
    assert "1 models in cache" in out
