"""Makes folders of tiny models and loads each with mlx-vlm or mlx-embeddings.

argv: a folder with a tokenizer, and the folder to write to. stdin: {module of mlx-lm: small config}, for the language models.
stdout, one line a folder: {"name", "program", "path", "loads", "error"}.
"""

import json
import os
import shutil
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["MLX_DISABLE_COMPILE"] = "1"

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_flatten
from mlx_embeddings import utils as embeddings
from mlx_vlm import utils as vlm

mx.set_default_device(mx.cpu)
tokenizer, out = map(Path, sys.argv[1:3])
configs = json.load(sys.stdin)
said, sys.stdout = sys.stdout, sys.stderr

SIZES = {"hidden_size": 64, "num_hidden_layers": 2, "intermediate_size": 128, "num_attention_heads": 4, "max_position_embeddings": 128, "vocab_size": 96}
TEXT = {**SIZES, "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "rope_scaling": None, "tie_word_embeddings": False}
VISION = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 56, "patch_size": 14, "num_channels": 3}
QWEN_VISION = {"depth": 2, "embed_dim": 32, "hidden_size": 32, "num_heads": 2, "intermediate_size": 64, "in_channels": 3, "in_chans": 3, "patch_size": 14, "spatial_patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2, "out_hidden_size": 64, "fullatt_block_indexes": [1], "deepstack_visual_indexes": [0], "num_position_embeddings": 16, "mlp_ratio": 2, "window_size": 56, "tokens_per_second": 2}
MROPE = {"type": "mrope", "rope_type": "default", "mrope_section": [2, 3, 3]}

EMBEDDERS = json.loads((Path(__file__).parent / "embedders.json").read_text())
SEEING = {
    "llava": {"text_config": {**TEXT, "model_type": "llama"}, "vision_config": {**VISION, "model_type": "clip_vision_model", "projection_dim": 32}, "image_token_index": 90, "vision_feature_layer": -2, "vision_feature_select_strategy": "default"},
    "gemma3": {"text_config": {**TEXT, "model_type": "gemma3_text", "query_pre_attn_scalar": 16, "sliding_window": 16, "sliding_window_pattern": 2}, "vision_config": {**VISION, "image_size": 224, "model_type": "siglip_vision_model"}, "mm_tokens_per_image": 4, "image_token_index": 90, "hidden_size": 64, "vocab_size": 96},
    "paligemma": {"text_config": {**TEXT, "model_type": "gemma"}, "vision_config": {**VISION, "model_type": "siglip_vision_model", "projection_dim": 64}, "image_token_index": 90, "hidden_size": 64, "projection_dim": 64, "vocab_size": 96},
    "qwen2_vl": {**TEXT, "rope_scaling": MROPE, "vision_config": {**QWEN_VISION, "hidden_size": 64, "model_type": "qwen2_vl"}, "image_token_id": 90, "video_token_id": 91},
    "qwen2_5_vl": {**TEXT, "rope_scaling": MROPE, "vision_config": {**QWEN_VISION, "model_type": "qwen2_5_vl"}, "image_token_id": 90, "video_token_id": 91},
    "qwen3_vl": {"text_config": {**TEXT, "model_type": "qwen3_vl_text", "rope_scaling": MROPE}, "vision_config": {**QWEN_VISION, "model_type": "qwen3_vl"}, "image_token_id": 90, "video_token_id": 91},
    "idefics3": {"text_config": {**TEXT, "model_type": "llama"}, "vision_config": {**VISION, "model_type": "idefics3_vision"}, "scale_factor": 2, "image_token_id": 90, "vocab_size": 96},
    "mistral3": {"text_config": {**TEXT, "model_type": "mistral"}, "vision_config": {**VISION, "model_type": "pixtral", "head_dim": 16, "rope_theta": 10000.0}, "image_token_index": 90, "spatial_merge_size": 2},
}
TEXTS = ["llama", "qwen2", "qwen3", "qwen3_moe", "gemma2", "phi3", "olmo2", "starcoder2", "granite", "glm4"]
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 123456789\n"


def built(program, config):
    if program == "mlx-embeddings":
        model_class, arguments, text, vision = embeddings._get_classes(config)
        return model_class(arguments.from_dict(json.loads(json.dumps(config))))
    config = json.loads(json.dumps(config))
    module, _ = vlm.get_model_and_args(config)
    config.setdefault("text_config", {})
    config.setdefault("vision_config", {})
    config.setdefault("audio_config", {})
    arguments = module.ModelConfig.from_dict(config)
    return module.Model(vlm.update_module_configs(arguments, module, config, ["text", "vision", "perceiver", "projector", "audio"]))


def lacking(word):
    def change(config, tensors):
        name = next((name for name in sorted(tensors) if ".1." in name and word in name and name.endswith("weight") and "vision" not in name), None)
        return config, {key: value for key, value in tensors.items() if key != name}

    return change


def extra(config, tensors):
    return config, {**tensors, "extra_probe.weight": mx.zeros((4, 4))}


def vocabulary(config, tensors):
    config = json.loads(json.dumps(config))
    for part in (config, config.get("text_config", {})):
        if "vocab_size" in part:
            part["vocab_size"] += 8
    return config, tensors


def layers(config, tensors):
    config = json.loads(json.dumps(config))
    part = config["text_config"] if "num_hidden_layers" in config.get("text_config", {}) else config
    part["num_hidden_layers"] += 1
    return config, tensors


def packed(program):
    def change(config, tensors):
        model = built(program, config)
        nn.quantize(model, 32, 4, class_predicate=lambda path, module: hasattr(module, "to_quantized") and module.weight.shape[-1] % 32 == 0 and module.weight.size % 64 == 0 and "vision" not in path)
        return {**config, "quantization": {"group_size": 32, "bits": 4}}, dict(tree_flatten(model.parameters()))

    return change


MODELS = {
    "packed": packed,
    "lacks-norm": lambda _: lacking("norm"),
    "lacks-linear": lambda _: lacking("proj"),
    "extra": lambda _: extra,
    "vocabulary": lambda _: vocabulary,
    "layers": lambda _: layers,
}


def written(path, config, tensors):
    path.mkdir(parents=True)
    for file in tokenizer.iterdir():
        if file.name.startswith(("tokenizer", "special", "chat_template")):
            shutil.copy(file, path)
    (path / "config.json").write_text(json.dumps(config))
    (path / "preprocessor_config.json").write_text("{}")
    mx.save_safetensors(str(path / "model.safetensors"), tensors, metadata={"format": "mlx"})


def replaced(content):
    return lambda path: (path / "model.safetensors").write_bytes(content((path / "model.safetensors").read_bytes()))


def renamed(name):
    def change(path):
        (path / name).parent.mkdir(exist_ok=True)
        (path / "model.safetensors").rename(path / name)

    return change


WAYS = {
    "sound": lambda path: None,
    "pointer": replaced(lambda data: POINTER),
    "html": replaced(lambda data: b"<!DOCTYPE html><html></html>" * 20),
    "cut": replaced(lambda data: data[: len(data) * 2 // 3]),
    "empty": replaced(lambda data: b""),
    "no-weights": lambda path: (path / "model.safetensors").unlink(),
    "bin": renamed("pytorch_model.bin"),
    "weights": renamed("weights.safetensors"),
    "other-name": renamed("pixels.safetensors"),
    "consolidated": renamed("consolidated.safetensors"),
}


def tried(name, program, path):
    try:
        if program == "mlx-embeddings":
            embeddings.load(str(path))
        else:
            vlm.load_model(path)
        return {"name": name, "program": program, "path": str(path), "loads": True, "error": None}
    except BaseException as error:
        return {"name": name, "program": program, "path": str(path), "loads": False, "error": f"{type(error).__name__}: {error}"[:300]}


models = [("mlx-embeddings", name, config) for name, config in EMBEDDERS.items()]
models += [("mlx-vlm", name, config) for name, config in SEEING.items()]
models += [("mlx-vlm", name, configs[name]) for name in TEXTS]
for program, name, config in models:
    config = {**config, "model_type": name}
    try:
        model = built(program, config)
    except Exception as error:
        print(json.dumps({"name": name, "program": program, "path": None, "loads": None, "error": f"{type(error).__name__}: {error}"}), file=said, flush=True)
        continue
    tensors = dict(tree_flatten(model.parameters()))
    if name in TEXTS:
        # As mlx-lm writes them, which is how they are published.
        tensors = {key.removeprefix("language_model."): value for key, value in tensors.items()}
    for way, change in WAYS.items():
        path = out / f"{program}-{name}-{way}"
        written(path, config, tensors)
        change(path)
        print(json.dumps(tried(path.name, program, path)), file=said, flush=True)
    for way, change in MODELS.items():
        path = out / f"{program}-{name}-{way}"
        changed, weights = change(program)(config, tensors)
        if name in TEXTS:
            weights = {key.removeprefix("language_model."): value for key, value in weights.items()}
        written(path, changed, weights)
        print(json.dumps(tried(path.name, program, path)), file=said, flush=True)
