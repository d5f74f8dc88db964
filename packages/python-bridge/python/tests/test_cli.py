from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPO = "mlx-community/Tiny-4bit"


def run(*args: str, cache_dir: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **({"HF_HUB_CACHE": str(cache_dir)} if cache_dir else {})}
    return subprocess.run(
        [sys.executable, "-m", "mlx_download", *args],
        capture_output=True,
        text=True,
        env=env,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_download_prints_the_path_alone_and_cache_lists_it(endpoint: str, cache_dir: Path) -> None:
    done = run("download", REPO, "--quiet", cache_dir=cache_dir)
    assert (done.returncode, done.stderr) == (0, "")
    path = done.stdout.strip()
    assert Path(path, "config.json").is_file()
    listed = run("cache", "--list", "--json", cache_dir=cache_dir)
    [model] = json.loads(listed.stdout)
    assert (model["repo_id"], model["path"], model["quantization"]) == (REPO, path, "4bit-g32")
    assert REPO in run("cache", cache_dir=cache_dir).stdout
    assert run("cache", "--clear", cache_dir=cache_dir).returncode == 1
    assert run("cache", "--clear", "--yes", cache_dir=cache_dir).returncode == 0
    assert json.loads(run("cache", "--json", cache_dir=cache_dir).stdout) == []


def test_list_json_is_json_and_nothing_else(endpoint: str) -> None:
    done = run("list", "--json", "--filter", "tiny")
    assert (done.returncode, done.stderr) == (0, "")
    assert [one["repo_id"] for one in json.loads(done.stdout)] == [REPO]


def test_a_reader_that_has_had_enough_is_no_error(endpoint: str) -> None:
    command = f"{sys.executable} -m mlx_download list | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.split("\t")[0]) == ("", REPO)


def test_a_failure_is_json_with_json_and_two_lines_without(endpoint: str, cache_dir: Path) -> None:
    done = run("download", "mlx-community/None", "--json", cache_dir=cache_dir)
    assert done.returncode == 4
    assert json.loads(done.stdout)["error"]["code"] == "hub/repo-not-found"
    plain = run("download", "mlx-community/None", "--quiet", cache_dir=cache_dir)
    assert (plain.stdout, len(plain.stderr.strip().splitlines())) == ("", 2)
    assert "Traceback" not in plain.stderr


@pytest.mark.parametrize("args", [["list", "--limit", "0"], ["list", "--limit", "abc"], ["fetch"], []])
def test_usage_is_exit_code_2(args: list[str]) -> None:
    assert run(*args).returncode == 2
