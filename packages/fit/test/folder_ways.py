"""The ways in which folders are broken, or made odd: each a word and the folder."""

import json

import mlx.core as mx
from model_folder import build, packed, plain, tensors_of


def edit(maker, change):
    folder = maker()
    if change(folder) is False:
        return None
    return folder


def drop(word):
    def change(folder):
        name = folder.layer(word)
        if name is None:
            return False
        for leaf in ("weight", "scales", "biases", "bias"):
            folder.tensors.pop(f"{name[: -len('.weight')]}.{leaf}", None)

    return change


def setting(name, value):
    def change(folder):
        if name not in folder.text:
            return False
        folder.text[name] = value(folder.text[name]) if callable(value) else value

    return change


def foreign(method, leaves, keep=False, dtype=mx.uint32):
    """Weights of the layers as another tool packs them: other names, other types."""

    def change(folder):
        for name in [n for n in folder.tensors if "self_attn" in n and n.endswith("_proj.weight")]:
            array = folder.tensors[name]
            path = name[: -len(".weight")]
            if not keep:
                folder.tensors.pop(name)
            for leaf in leaves:
                rows, columns = array.shape[-2:]
                shape = (max(1, columns // 8), rows) if leaf == "qweight" else (columns,) if leaf == "g_idx" else (rows, 1)
                folder.tensors[f"{path}.{leaf}"] = mx.zeros(shape, dtype=dtype)
            if keep:
                folder.tensors[name] = mx.zeros(array.shape, dtype=mx.uint8)
        folder.config["quantization_config"] = method
        folder.metadata = {"format": "pt"}

    return change


def config_only(method):
    return lambda folder: folder.config.update({"quantization_config": method})


def halves(folder):
    names = sorted(folder.tensors)
    middle = len(names) // 2
    parts = [{n: folder.tensors[n] for n in names[:middle]}, {n: folder.tensors[n] for n in names[middle:]}]
    folder.shards = {f"model-0000{i + 1}-of-00002.safetensors": part for i, part in enumerate(parts)}


def first_half(folder):
    halves(folder)
    folder.shards.popitem()


def indexed_beyond(folder):
    folder.index = {
        "metadata": {"total_size": 1},
        "weight_map": {name: f"model-0000{i % 3 + 1}-of-00003.safetensors" for i, name in enumerate(folder.tensors)},
    }


def all_in_first(folder):
    folder.shards = {"model-00001-of-00002.safetensors": folder.tensors}
    indexed_beyond(folder)


def override(word, value):
    def change(folder):
        name = folder.layer(word)
        if name is None or "quantization" not in folder.config:
            return False
        folder.config["quantization"] = {**folder.config["quantization"], name[: -len(".weight")]: value}

    return change


def file(name, content):
    def change(folder):
        def after(path):
            target = path / name
            data = content(target.read_bytes() if target.exists() else b"") if callable(content) else content
            target.unlink(missing_ok=True)
            if data is not None:
                target.write_bytes(data)

        folder.after = after

    return change


def extra(name):
    return lambda folder: folder.tensors.update({name: mx.zeros((4, 4), dtype=mx.float16)})


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 123456789\n"
FP8 = {"quant_method": "fp8", "weight_block_size": [128, 128], "activation_scheme": "dynamic"}
WEIGHTS = "model.safetensors"


def tied(folder, want):
    """Embeddings tied or not in the config, the weights as they are for the opposite."""
    other = json.loads(json.dumps(folder.config))
    target = other["text_config"] if folder.text is not folder.config else other
    target["tie_word_embeddings"] = not want
    try:
        folder.tensors = tensors_of(build(other))
    except Exception:
        return False
    folder.text["tie_word_embeddings"] = want


def ways(config):
    sound = lambda: plain(config)
    affine = lambda: packed(config, bits=4, group_size=32)
    yield "lacks-norm", edit(sound, drop("layernorm")) or edit(sound, drop("norm"))
    yield "lacks-query", edit(sound, drop("q_proj"))
    yield "lacks-down", edit(sound, drop("down_proj"))
    yield "more-layers", edit(sound, setting("num_hidden_layers", lambda n: n + 1))
    yield "fewer-layers", edit(sound, setting("num_hidden_layers", lambda n: n - 1))
    yield "vocabulary", edit(sound, setting("vocab_size", lambda n: n + 8))
    yield "hidden", edit(sound, setting("hidden_size", lambda n: n * 2))
    yield "intermediate", edit(sound, setting("intermediate_size", lambda n: n + 32))
    yield "heads", edit(sound, setting("num_attention_heads", lambda n: n * 2))
    yield "tied-with-head", edit(sound, lambda f: tied(f, True))
    yield "untied-without-head", edit(sound, lambda f: tied(f, False))
    yield "stray-tensor", edit(sound, extra("stray_probe.weight"))
    yield "mtp-tensor", edit(sound, extra("mtp.layers.0.weight"))
    yield "vision-tensor", edit(sound, extra("vision_tower.blocks.0.weight"))
    yield "packed", edit(affine, lambda f: None)
    yield "packed-8-g64", edit(lambda: packed(config, bits=8, group_size=64), lambda f: None)
    yield "packed-mxfp4", edit(lambda: packed(config, bits=4, group_size=32, mode="mxfp4"), lambda f: None)
    yield "packed-lacks", edit(affine, drop("up_proj"))
    yield "packed-label", edit(affine, lambda f: f.config["quantization"].update({"bits": 8}))
    yield "packed-unsaid", edit(affine, lambda f: (f.config.pop("quantization"), f.config.pop("quantization_config")) and None)
    yield "plain-said-packed", edit(sound, lambda f: f.config.update({"quantization": {"group_size": 32, "bits": 4}}))
    yield "override-norm", edit(affine, override("layernorm", {"group_size": 32, "bits": 8}))
    yield "override-router", edit(affine, override("mlp.gate", {"group_size": 32, "bits": 3}))
    yield "override-false", edit(affine, override("down_proj", False))
    yield "override-other", edit(affine, override("down_proj", {"group_size": 32, "bits": 8}))
    yield "override-same", edit(affine, override("down_proj", {"group_size": 32, "bits": 4}))
    yield "override-nowhere", edit(affine, lambda f: f.config["quantization"].update({"no.such.module": {"bits": 8, "group_size": 32}}))
    yield "override-unpacked", edit(affine, lambda f: unpack(f, "up_proj"))
    yield "fp8", edit(sound, foreign(FP8, ["weight_scale_inv"], keep=True, dtype=mx.float16))
    yield "fp8-said-only", edit(sound, config_only(FP8))
    yield "gptq", edit(sound, foreign({"quant_method": "gptq", "bits": 4, "group_size": 32}, ["qweight", "qzeros", "scales"]))
    yield "gptq-g-idx", edit(sound, foreign({"quant_method": "gptq", "bits": 4, "group_size": 32}, ["qweight", "qzeros", "scales", "g_idx"]))
    yield "pack-quantized", edit(sound, foreign({"quant_method": "compressed-tensors", "format": "pack-quantized"}, ["weight_packed", "weight_scale", "weight_shape"]))
    yield "nvfp4-packed", edit(sound, foreign({"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized"}, ["weight_packed", "weight_scale", "weight_global_scale"]))
    yield "modelopt", edit(sound, foreign({"quant_method": "modelopt", "quant_algo": "NVFP4"}, ["weight_scale", "weight_scale_2", "input_scale"], keep=True))
    yield "bitsandbytes", edit(sound, foreign({"quant_method": "bitsandbytes"}, ["absmax", "quant_map"], keep=True))
    yield "empty-method", edit(sound, config_only({}))
    yield "unknown-method", edit(sound, config_only({"quant_method": "torchao"}))
    yield "no-method", edit(sound, config_only({"bits": 4}))
    yield "halves", edit(sound, halves)
    yield "first-half", edit(sound, first_half)
    yield "all-in-first", edit(sound, all_in_first)
    yield "index-beyond", edit(sound, indexed_beyond)
    yield "pointer", edit(sound, file(WEIGHTS, POINTER))
    yield "html", edit(sound, file(WEIGHTS, b"<!DOCTYPE html><html><body>Not found</body></html>" * 20))
    yield "empty", edit(sound, file(WEIGHTS, b""))
    yield "cut", edit(sound, file(WEIGHTS, lambda data: data[: len(data) * 2 // 3]))
    yield "cut-in-header", edit(sound, file(WEIGHTS, lambda data: data[:200]))
    yield "no-tokenizer", edit(sound, lambda f: without_tokenizer(f))
    yield "no-chat-template", edit(sound, file("chat_template.json", b'{"chat_template": "{{ messages }}"}'))


def without_tokenizer(folder):
    folder.after = lambda path: [file.unlink() for file in path.glob("tokenizer*")]


def unpack(folder, word):
    name = folder.layer(word)
    if name is None:
        return False
    path = name[: -len(".weight")]
    own = build({k: v for k, v in folder.config.items() if not k.startswith("quantization")})
    folder.tensors[name] = tensors_of(own)[name]
    folder.tensors.pop(f"{path}.scales", None)
    folder.tensors.pop(f"{path}.biases", None)
    folder.config["quantization"] = {**folder.config["quantization"], path: {"group_size": 32, "bits": 4}}
