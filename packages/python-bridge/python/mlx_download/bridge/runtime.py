"""What this Python knows of MLX: versions, the device, the model types that mlx-lm can load."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = ("mlx", "mlx-lm", "mlx-vlm", "transformers", "huggingface_hub", "hf_xet")
#: In a process of its own: importing MLX can end a process where there is no usable GPU. What lies in the working
#: folder must not be imported in the place of a module. Nothing is evaluated; a mode that MLX lacks is refused at once.
_DEVICE = """
import sys
sys.path[:] = [folder for folder in sys.path if folder]
import json
import signal
# Nobody may be left to end it.
getattr(signal, "alarm", int)(90)
import mlx.core as mx
info = getattr(mx, "device_info", None)
info = mx.metal.device_info if info is None and hasattr(mx, "metal") else info
modes = ["affine"]
for mode, group_size, bits in (("mxfp4", 32, 4), ("nvfp4", 16, 4), ("mxfp8", 32, 8)):
    try:
        mx.quantize(mx.zeros((64, 64)), group_size=group_size, bits=bits, mode=mode)
        modes.append(mode)
    except Exception:
        pass
print(json.dumps({
    "device": str(mx.default_device()),
    "info": info() if info else {},
    "modes": modes,
    "gatherArguments": mx.gather_qmm.__doc__ or "",
}, default=str))
"""


def package_version(name: str) -> str | None:
    """The installed version, without importing the package."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def runtime_info(timeout: float = 60.0) -> dict[str, Any]:
    """Versions by package, the device, and what mlx-lm and MLX can load; see ``PythonRuntime`` for the fields."""
    versions = {name: package_version(name) for name in _PACKAGES}
    device = _device(timeout) if versions["mlx"] else None
    modes = device.pop("modes", None) if device else None
    gather = device.pop("gatherArguments", "") if device else ""
    found: dict[str, Any] = {"versions": versions, "device": device, "quantizationModes": modes, **model_types()}
    passes_scale = found.pop("passesScale", False)
    # As `mx.gather_qmm` has no keyword for what mlx-lm hands it, every call of packed experts is a TypeError.
    found["packedExperts"] = not (passes_scale and "global_scale" not in gather) if gather else None
    return found


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


def model_types() -> dict[str, Any]:
    """The modules of ``mlx_lm.models`` and the names that stand for others; None where mlx-lm is not installed."""
    spec = importlib.util.find_spec("mlx_lm")
    folders = list(spec.submodule_search_locations or []) if spec else []
    if not folders:
        return {"modelTypes": None, "needsMore": [], "modelRemapping": {}, "architectureRemapping": []}
    root = Path(folders[0])
    types: list[str] = []
    needs_more: list[str] = []
    here: dict[str, bool] = {}
    for entry in sorted((root / "models").iterdir()):
        text = _source(entry)
        if not _is_model(text):
            continue
        name = entry.stem if entry.is_file() else entry.name
        types.append(name)
        if not all(here.setdefault(package, _is_here(package)) for package in _wanted(text)):
            needs_more.append(name)
    utils = _source(root / "utils.py")
    renamed = _table(utils, "MODEL_REMAPPING")
    by_architecture = _table(utils, "MODEL_ARCHITECTURE_REMAPPING")
    return {
        "modelTypes": sorted(types),
        "needsMore": needs_more,
        "modelRemapping": {key: value for key, value in renamed.items() if isinstance(key, str) and isinstance(value, str)},
        "architectureRemapping": [
            {"modelType": key[0], "architecture": key[1], "module": value}
            for key, value in by_architecture.items()
            if isinstance(key, tuple) and len(key) == 2
        ],
        "passesScale": "global_scale=self.global_scale" in _source(root / "models" / "switch_layers.py"),
    }


def _source(entry: Path) -> str:
    """The text of a module, or of a package's start; empty for anything else."""
    path = entry if entry.suffix == ".py" else entry / "__init__.py"
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _is_model(text: str) -> bool:
    """Has it a class ``Model``, as ``mlx_lm.load`` asks of a model type?"""
    return "class Model(" in text or "class Model:" in text or "import Model" in text


def _wanted(text: str) -> set[str]:
    """The packages without which the module does not import: also those it tries and gives up without."""
    wanted = set(re.findall(r"^(?:import|from) +([A-Za-z_]\w*)", text, re.MULTILINE))
    if "exit(" in text:
        wanted.update(re.findall(r"^try:\n +(?:import|from) +([A-Za-z_]\w*)", text, re.MULTILINE))
    return wanted


def _is_here(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def _table(source: str, name: str) -> dict[Any, Any]:
    """A table that a module assigns to ``name``, read without running it; empty where it is no plain table."""
    try:
        tree = ast.parse(source)
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(isinstance(one, ast.Name) and one.id == name for one in targets):
                table = ast.literal_eval(node.value)  # type: ignore[attr-defined]
                return table if isinstance(table, dict) else {}
    except (SyntaxError, ValueError):
        pass
    return {}
