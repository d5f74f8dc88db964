"""The Hub of these tests is started by ../../test/pytest.test.ts, which also names it in HF_ENDPOINT."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def cache_dir(tmp_path: Path) -> Path:
    return tmp_path / "hub"


@pytest.fixture(scope="session")
def endpoint() -> str:
    url = os.environ.get("HF_ENDPOINT", "")
    if not url.startswith("http://127.0.0.1"):
        pytest.skip("no test Hub: run pnpm exec vitest run --project python-bridge pytest")
    return url
