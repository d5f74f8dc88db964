"""Prints, as JSON, what the installed mlx-lm can load: its version, its model modules and how it renames model types."""

import contextlib
import importlib
import importlib.metadata
import json
import pkgutil
import sys

import mlx_lm.models
from mlx_lm import utils


def is_model(name):
    """Whether the module can run a model; None where another package would have to be installed first."""
    try:
        module = importlib.import_module(f"mlx_lm.models.{name}")
    except (ImportError, SystemExit):
        return None
    return hasattr(module, "Model") and hasattr(module, "ModelArgs")


names = sorted(info.name for info in pkgutil.iter_modules(mlx_lm.models.__path__))
with contextlib.redirect_stdout(sys.stderr):
    models = {name: is_model(name) for name in names}
architectures = getattr(utils, "MODEL_ARCHITECTURE_REMAPPING", {})
print(
    json.dumps(
        {
            "mlxLmVersion": importlib.metadata.version("mlx-lm"),
            "mlxVersion": importlib.metadata.version("mlx"),
            "modules": [name for name, found in models.items() if found],
            "needsMore": [name for name, found in models.items() if found is None],
            "remapping": dict(sorted(utils.MODEL_REMAPPING.items())),
            "architectureRemapping": [
                {"modelType": model_type, "architecture": architecture, "module": module}
                for (model_type, architecture), module in sorted(architectures.items())
            ],
        }
    )
)
