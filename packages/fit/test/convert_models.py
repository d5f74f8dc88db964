"""Makes tiny random models, converts them with mlx_lm.convert in every way it has, and says what mlx-lm counts in each.

argv: a folder with a tokenizer, and the folder to write to. stdout: [{"name", "path", "parameters", "bitsPerWeight",
"bytes", "kvBytes"}], the last for a prompt of 10 tokens (null for the mixture).
"""

import contextlib
import json
import os
import shutil
import sys
from pathlib import Path

os.environ["MLX_DISABLE_COMPILE"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm import utils
from mlx_lm.convert import convert
from mlx_lm.generate import generate_step
from mlx_lm.models.cache import make_prompt_cache

mx.set_default_device(mx.cpu)
tokenizer, out = map(Path, sys.argv[1:3])

LLAMA = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 128,
    "num_hidden_layers": 4,
    "intermediate_size": 256,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-5,
    "vocab_size": 288,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": True,
    "attention_bias": True,
    "torch_dtype": "float16",
}
MIXTURE = {
    "model_type": "qwen3_moe",
    "architectures": ["Qwen3MoeForCausalLM"],
    "hidden_size": 128,
    "num_hidden_layers": 2,
    "intermediate_size": 256,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "moe_intermediate_size": 128,
    "rms_norm_eps": 1e-5,
    "vocab_size": 288,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
    "max_position_embeddings": 2048,
    "norm_topk_prob": True,
    "torch_dtype": "bfloat16",
}


def source(name, config):
    path = out / f"{name}-source"
    path.mkdir(parents=True)
    for file in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        if (tokenizer / file).exists():
            shutil.copy(tokenizer / file, path)
    model_class, arguments = utils._get_classes(config)
    mx.random.seed(7)
    model = model_class(arguments.from_dict(config))
    model.set_dtype(getattr(mx, config["torch_dtype"]))
    utils.save_model(path, model)
    (path / "config.json").write_text(json.dumps(config))
    return path


def kv_bytes(model):
    if model.model_type != "llama":
        return None  # mlx 0.32.2 has no kernel that takes what mlx-lm 0.32.2 passes for packed experts.
    cache = make_prompt_cache(model)
    for _ in generate_step(mx.array(list(range(10))), model, max_tokens=0, prompt_cache=cache):
        pass
    return sum(part.nbytes for part in cache)


def count(name, path):
    model, _ = utils.load_model(path, lazy=True)
    return {
        "name": name,
        "path": str(path),
        "parameters": utils.get_total_parameters(model),
        "bitsPerWeight": utils.compute_bits_per_weight(model),
        "bytes": sum(array.nbytes for _, array in tree_flatten(model.parameters())),
        "kvBytes": kv_bytes(model),
    }


def ways(prefix, path):
    affine = [(f"{bits}bit", {"q_bits": bits, "q_group_size": 64}) for bits in (2, 3, 4, 5, 6, 8)]
    modes = [(mode, {"q_mode": mode}) for mode in ("mxfp4", "nvfp4", "mxfp8")]
    mixed = [("mixed_4_6", {"quant_predicate": "mixed_4_6", "q_bits": 4, "q_group_size": 64})]
    for name, options in affine + modes + mixed:
        yield f"{prefix}-{name}", {"hf_path": str(path), "quantize": True, **options}
    yield f"{prefix}-float32", {"hf_path": str(path), "dtype": "float32"}


found = []
with contextlib.redirect_stdout(sys.stderr):
    for prefix, config in (("llama", LLAMA), ("mixture", MIXTURE)):
        path = source(prefix, config)
        found.append(count(f"{prefix}-source", path))
        for name, options in ways(prefix, path):
            convert(mlx_path=str(out / name), **options)
            found.append(count(name, out / name))
json.dump(found, sys.stdout)
