"""What this Python knows of MLX: versions, the device, the model types that mlx-lm can load."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = ("mlx", "mlx-lm", "mlx-vlm", "transformers", "huggingface_hub", "hf_xet")
#: In a process of its own: importing MLX can end a process where there is no usable GPU.
_DEVICE = """
import json
import mlx.core as mx
info = getattr(mx, "device_info", None)
info = mx.metal.device_info if info is None and hasattr(mx, "metal") else info
print(json.dumps({"device": str(mx.default_device()), "info": info() if info else {}}, default=str))
"""


def package_version(name: str) -> str | None:
    """The installed version, without importing the package."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def runtime_info(timeout: float = 60.0) -> dict[str, Any]:
    """Versions by package, ``device`` (None without mlx, ``{"error": …}`` when MLX does not start), model types."""
    versions = {name: package_version(name) for name in _PACKAGES}
    types, remapping = model_types()
    return {
        "versions": versions,
        "device": _device(timeout) if versions["mlx"] else None,
        "modelTypes": types,
        "modelRemapping": remapping,
    }


def _device(timeout: float) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-c", _DEVICE],
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"error": str(error)}
    try:
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found
    except (ValueError, IndexError):
        return {"error": (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:1000]}


def model_types() -> tuple[list[str] | None, dict[str, str]]:
    """The modules of ``mlx_lm.models`` and the names that stand for others; None where mlx-lm is not installed."""
    spec = importlib.util.find_spec("mlx_lm")
    folders = list(spec.submodule_search_locations or []) if spec else []
    if not folders:
        return None, {}
    root = Path(folders[0])
    names = {
        entry.stem if entry.is_file() else entry.name
        for entry in (root / "models").iterdir()
        if (entry.suffix == ".py" or (entry / "__init__.py").is_file()) and _is_model(entry)
    }
    return sorted(names), _remapping(root / "utils.py")


def _is_model(entry: Path) -> bool:
    """Has it a class ``Model``, as ``mlx_lm.load`` asks of a model type?"""
    source = entry if entry.is_file() else entry / "__init__.py"
    try:
        text = source.read_text("utf-8", "replace")
    except OSError:
        return False
    return "class Model(" in text or "class Model:" in text or "import Model" in text


def _remapping(utils: Path) -> dict[str, str]:
    try:
        tree = ast.parse(utils.read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        return {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(one, ast.Name) and one.id == "MODEL_REMAPPING" for one in targets):
            try:
                table = ast.literal_eval(node.value)  # type: ignore[attr-defined]
            except ValueError:
                return {}
            return {key: value for key, value in table.items() if isinstance(key, str) and isinstance(value, str)}
    return {}
