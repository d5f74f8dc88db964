"""What the downloader returns: dataclasses whose fields can be read like a dict's, too."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any


class _Record:
    """Lets ``record["name"]``, ``dict(record)`` and ``record.get("name")`` work beside ``record.name``."""

    def __getitem__(self, name: str) -> Any:
        if name not in self.keys():
            raise KeyError(name)
        return getattr(self, name)

    def keys(self) -> list[str]:
        """The names of the fields."""
        return [one.name for one in fields(self)]  # type: ignore[arg-type]

    def get(self, name: str, default: Any = None) -> Any:
        """The field, or ``default`` where there is none of that name."""
        return self[name] if name in self.keys() else default

    def to_dict(self) -> dict[str, Any]:
        """A plain dict, for JSON."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True)
class ModelInfo(_Record):
    """A model on this disk. ``size_bytes`` counts the files below ``path``, whose names ``files`` has."""

    repo_id: str
    path: str
    size_bytes: int
    files: list[str] = field(default_factory=list)
    #: ISO 8601 in UTC, of the newest file.
    last_modified: str | None = None
    #: Such as ``4bit-g64``, ``mxfp4``, ``bfloat16``; None when the config does not say.
    quantization: str | None = None
    #: The 40 hex digits of the commit; None in a folder that holds no note of it.
    commit: str | None = None
    is_mlx: bool = False


@dataclass(frozen=True)
class MLXModelEntry(_Record):
    """A model on the Hub."""

    repo_id: str
    downloads: int = 0
    likes: int = 0
    tags: list[str] = field(default_factory=list)
    #: ISO 8601 in UTC.
    created_at: str | None = None
    last_modified: str | None = None
