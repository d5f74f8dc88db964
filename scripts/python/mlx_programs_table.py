"""Prints, as JSON, which model types the mlx-vlm, mlx-embeddings and mlx-audio in a folder of packages load, by their own sources.

argv: the folder (`pip install --no-deps --target`). Nothing is imported: model folders, renamings and what their `__init__`
offers are read as text. Words are put together with spaces.
"""

import ast
import json
import re
import sys
from pathlib import Path

packages = Path(sys.argv[1])


def version(name):
    for info in packages.glob(f"{name.replace('-', '_')}-*.dist-info"):
        return info.name.split("-")[1].removesuffix(".dist")
    raise SystemExit(f"{name} is not there")


def renamings(path, name="MODEL_REMAPPING"):
    """A dictionary that a module assigns to `name`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and any(getattr(target, "id", None) == name for target in node.targets):
            return ast.literal_eval(node.value)
    return {}


def folders(path):
    return sorted(entry.name.removesuffix(".py") for entry in path.iterdir() if not entry.name.startswith("__"))


def source(folder):
    return "\n".join(file.read_text() for file in sorted(folder.glob("*.py")))


def vlm():
    models = packages / "mlx_vlm" / "models"
    found = {"sees": [], "hears": [], "texts": [], "embeds": []}
    for name in folders(models):
        init = models / name / "__init__.py"
        if not init.exists() or not re.search(r"\bModel\b", init.read_text()) or "ModelConfig" not in init.read_text():
            continue
        offers = init.read_text()
        own = source(models / name)
        sees = "VisionModel" in offers or (models / name / "vision.py").exists()
        hears = "AudioModel" in offers or (models / name / "audio.py").exists()
        if "embedding" in name or re.search(r"text_embeds|pooler_output|sentence_embedding", own) and not sees:
            found["embeds"].append(name)
        elif sees or hears:
            found["sees"] += [name] if sees else []
            found["hears"] += [name] if hears else []
        elif re.search(r"vocab_size|lm_head|^from \.\.(?!base|cache)", own, re.M):
            found["texts"].append(name)
    utils = packages / "mlx_vlm" / "utils.py"
    embedding = packages / "mlx_vlm" / "embedding_loader.py"
    drafters = packages / "mlx_vlm" / "speculative" / "drafters"
    return {
        "version": version("mlx-vlm"),
        **{key: " ".join(names) for key, names in found.items()},
        "drafts": " ".join(name for name in folders(drafters) if (drafters / name / "__init__.py").exists()),
        "remapping": dict(sorted(renamings(utils).items())),
        "embedding": dict(sorted(renamings(embedding, "EMBEDDING_MODEL_REMAPPING").items())),
    }


def embeddings():
    models = packages / "mlx_embeddings" / "models"
    names = [name for name in folders(models) if name != "base"]
    sees = [name for name in names if "VisionConfig" in (source(models / name) if (models / name).is_dir() else (models / f"{name}.py").read_text())]
    return {
        "version": version("mlx-embeddings"),
        "embeds": " ".join(name for name in names if name not in sees),
        "sees": " ".join(sees),
        "remapping": renamings(packages / "mlx_embeddings" / "utils.py"),
    }


# Language models under their own names: mlx-audio takes them only for what a repo's name says.
AMBIGUOUS = {"llama", "qwen3", "dense"}


def audio():
    root = packages / "mlx_audio"
    kinds = {}
    for kind, key in (("tts", "speaks"), ("stt", "hears"), ("sts", "converses")):
        names = {name for name in folders(root / kind / "models") if (root / kind / "models" / name).is_dir()} - AMBIGUOUS
        renamed = renamings(root / kind / "utils.py")
        kinds[key] = " ".join(sorted(names | {old for old, new in renamed.items() if new in names}))
    return {"version": version("mlx-audio"), **kinds}


print(json.dumps({"vlm": vlm(), "embeddings": embeddings(), "audio": audio()}))
