"""The one error of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ModelDownloadError(Exception):
    """What went wrong, told by ``code`` (the codes of docs/reference/errors.md); ``hint`` is the next step."""

    def __init__(
        self,
        message: str,
        code: str,
        *,
        hint: str = "",
        repo_id: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint
        self.repo_id = repo_id
        self.data = dict(data or {})
