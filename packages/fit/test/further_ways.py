"""Further ways in which folders are odd: what stands beside the weights, their dtypes, wrong packings, configs of others."""

import json
import shutil
import struct

import mlx.core as mx
from folder_ways import POINTER, WEIGHTS, build, edit, extra, file, override, setting
from model_folder import packed, plain

GGUF = b"GGUF\x03\x00\x00\x00" + bytes(64)


def removed(word, *leaves):
    """One leaf of a module taken away."""

    def change(folder):
        name = folder.layer(word)
        if name is None:
            return False
        for leaf in leaves:
            if folder.tensors.pop(f"{name[: -len('.weight')]}.{leaf}", None) is None:
                return False

    return change


def added(word, leaf, shape=lambda weight: weight.shape[:1], dtype=mx.float16):
    """One leaf more in a module."""

    def change(folder):
        name = folder.layer(word)
        key = name and f"{name[: -len('.weight')]}.{leaf}"
        if name is None or key in folder.tensors:
            return False
        folder.tensors[key] = mx.zeros(shape(folder.tensors[name]), dtype=dtype)

    return change


def shaped(word, shape):
    def change(folder):
        name = folder.layer(word)
        if name is None or tuple(shape(folder.tensors[name]).shape) == tuple(folder.tensors[name].shape):
            return False
        folder.tensors[name] = mx.array(shape(folder.tensors[name]))

    return change


def cast(dtype, word=None):
    def change(folder):
        for name, array in folder.tensors.items():
            if word is None or name == folder.layer(word):
                folder.tensors[name] = array.astype(dtype)

    return change


def stored_as(dtype, width, word):
    """One tensor written as a dtype that `mx.save_safetensors` does not write."""

    def change(folder):
        name = folder.layer(word)
        if name is None:
            return False

        def after(path):
            data = (path / WEIGHTS).read_bytes()
            length = struct.unpack("<Q", data[:8])[0]
            header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
            count = 1
            for size in header[name]["shape"]:
                count *= size
            header[name] = {"dtype": dtype, "shape": header[name]["shape"], "data_offsets": [len(body), len(body) + count * width]}
            # A hole in the data is refused by some readers: the rest is moved together.
            out, place = b"", {}
            for key, info in header.items():
                if key == "__metadata__":
                    continue
                start, end = info["data_offsets"]
                piece = bytes(count * width) if key == name else body[start:end]
                place[key] = {**info, "data_offsets": [len(out), len(out) + len(piece)]}
                out += piece
            text = json.dumps({"__metadata__": header.get("__metadata__", {}), **place}).encode()
            (path / WEIGHTS).write_bytes(struct.pack("<Q", len(text)) + text + out)

        folder.after = after

    return change


def beside(files):
    def change(folder):
        def after(path):
            for name, content in files.items():
                target = path / name
                target.parent.mkdir(parents=True, exist_ok=True)
                if content is None:
                    shutil.copy(path / WEIGHTS, target)
                else:
                    target.write_bytes(content)

        folder.after = after

    return change


def moved(name):
    def change(folder):
        def after(path):
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / WEIGHTS).rename(path / name)

        folder.after = after

    return change


def half_indexed(folder):
    names = sorted(folder.tensors)
    middle = len(names) // 2
    folder.shards = {"model-00001-of-00002.safetensors": {n: folder.tensors[n] for n in names[:middle]}}
    folder.index = {
        "metadata": {"total_size": 1},
        "weight_map": {n: f"model-0000{1 if at < middle else 2}-of-00002.safetensors" for at, n in enumerate(names)},
    }


def index_names_half(folder):
    names = sorted(folder.tensors)
    middle = len(names) // 2
    parts = [names[:middle], names[middle:]]
    folder.shards = {f"model-0000{i + 1}-of-00002.safetensors": {n: folder.tensors[n] for n in part} for i, part in enumerate(parts)}
    folder.index = {"metadata": {"total_size": 1}, "weight_map": {n: "model-00001-of-00002.safetensors" for n in parts[0]}}


def top(**values):
    return lambda folder: folder.config.update(values)


def without(*names):
    def change(folder):
        if not any(name in folder.text for name in names):
            return False
        for name in names:
            folder.text.pop(name, None)

    return change


def quantization(**values):
    def change(folder):
        folder.config["quantization"] = {**folder.config["quantization"], **values}

    return change


def flag_without_tensors(name, value):
    """A switch of the config, and the tensors of the opposite."""

    def change(folder):
        other = json.loads(json.dumps(folder.config))
        part = other["text_config"] if folder.text is not folder.config else other
        part[name] = value
        try:
            wanted = {key: a.shape for key, a in flat(build(other))}
        except Exception:
            return False
        if set(wanted) == set(folder.tensors):
            return False
        folder.text[name] = value

    return change


def flat(model):
    from mlx.utils import tree_flatten

    return tree_flatten(model.parameters())


def wrapped(model_type):
    """A text model that a config of an image model wraps, its weights as they were."""

    def change(folder):
        if folder.text is not folder.config:
            return False
        folder.config = {
            "model_type": model_type,
            "text_config": {**folder.config},
            "vision_config": {"model_type": "siglip_vision_model", "hidden_size": 32, "num_hidden_layers": 2, "image_size": 32, "patch_size": 8},
        }

    return change


def unwrapped(folder):
    if folder.text is folder.config:
        return False
    folder.config = {**folder.config["text_config"], "model_type": folder.config["model_type"]}


ADAPTER = json.dumps({"fine_tune_type": "lora", "num_layers": 2, "lora_parameters": {"rank": 8}}).encode()
MODEL_FILE = b"from mlx_lm.models.llama import Model, ModelArgs\n"


def further_ways(config):
    sound = lambda: plain(config)
    affine = lambda: packed(config, bits=4, group_size=32)
    # Tensors more, tensors less.
    yield "extra-in-layer", edit(sound, added("down_proj", "extra_probe"))
    yield "extra-module-in-layer", edit(sound, lambda f: f.layer("down_proj") and extra(f.layer("down_proj").replace("down_proj", "probe_proj"))(f))
    yield "extra-bias", edit(sound, added("q_proj", "bias"))
    yield "extra-down-bias", edit(sound, added("down_proj", "bias"))
    yield "extra-norm-bias", edit(sound, added("layernorm", "bias"))
    yield "extra-inv-freq", edit(sound, lambda f: f.layer("q_proj") and f.tensors.update({f.layer("q_proj").replace("q_proj.weight", "rotary_emb.inv_freq"): mx.zeros((12,))}))
    yield "extra-scale", edit(sound, added("q_proj", "scales"))
    yield "extra-kv-scale", edit(sound, lambda f: f.layer("k_proj") and f.tensors.update({f.layer("k_proj").replace("k_proj.weight", "k_scale"): mx.zeros((1,))}))
    yield "extra-top", edit(sound, extra("extra_probe"))
    yield "lacks-output", edit(sound, removed("o_proj", "weight"))
    yield "lacks-value", edit(sound, removed("v_proj", "weight"))
    yield "lacks-up", edit(sound, removed("up_proj", "weight"))
    yield "lacks-q-norm", edit(sound, removed("q_norm", "weight"))
    yield "lacks-router", edit(sound, removed("mlp.gate", "weight"))
    yield "lacks-experts", edit(sound, removed("switch_mlp.up_proj", "weight"))
    yield "lacks-last-norm", edit(sound, lambda f: any(f.tensors.pop(n, None) is not None for n in [n for n in list(f.tensors) if n.endswith(("model.norm.weight", "embedding_norm.weight"))]))
    yield "lacks-embedding", edit(sound, lambda f: any(f.tensors.pop(n, None) is not None for n in [n for n in list(f.tensors) if n.endswith("embed_tokens.weight")]))
    yield "attention-bias-lacks", edit(sound, flag_without_tensors("attention_bias", True))
    yield "mlp-bias-lacks", edit(sound, flag_without_tensors("mlp_bias", True))
    # Shapes and dtypes.
    yield "transposed-down", edit(sound, shaped("down_proj", lambda a: a.T if a.ndim == 2 else a.swapaxes(-1, -2)))
    yield "transposed-key", edit(sound, shaped("k_proj", lambda a: a.T))
    yield "flat-norm", edit(sound, shaped("layernorm", lambda a: a.reshape(1, -1)))
    yield "short-key", edit(sound, shaped("k_proj", lambda a: a[:-1]))
    yield "float32", edit(sound, cast(mx.float32))
    yield "bfloat16", edit(sound, cast(mx.bfloat16))
    yield "one-float32", edit(sound, cast(mx.float32, "down_proj"))
    yield "int8-weight", edit(sound, cast(mx.int8, "down_proj"))
    yield "float64-weight", edit(sound, stored_as("F64", 8, "down_proj"))
    yield "fp8-weight-alone", edit(sound, stored_as("F8_E4M3", 1, "down_proj"))
    yield "unknown-dtype", edit(sound, stored_as("F4", 1, "down_proj"))
    # Packings.
    yield "packed-3", edit(lambda: packed(config, bits=3, group_size=32), lambda f: None)
    yield "packed-6-g64", edit(lambda: packed(config, bits=6, group_size=64), lambda f: None)
    yield "packed-nvfp4", edit(lambda: packed(config, bits=4, group_size=16, mode="nvfp4"), lambda f: None)
    yield "packed-mxfp8", edit(lambda: packed(config, bits=8, group_size=32, mode="mxfp8"), lambda f: None)
    yield "packed-group-label", edit(affine, quantization(group_size=64))
    yield "packed-mode-label", edit(affine, quantization(mode="mxfp4"))
    yield "packed-unknown-mode", edit(affine, quantization(mode="q4_k"))
    yield "packed-seven", edit(affine, quantization(bits=7))
    yield "packed-group-16", edit(affine, quantization(group_size=16))
    yield "packed-no-bits", edit(affine, lambda f: f.config.update({"quantization": {"group_size": 32}}))
    yield "packed-no-group", edit(affine, lambda f: f.config.update({"quantization": {"bits": 4}}))
    yield "packed-null", edit(affine, lambda f: f.config.update({"quantization": None}))
    yield "packed-empty", edit(affine, lambda f: f.config.update({"quantization": {}}))
    yield "plain-null", edit(sound, top(quantization=None))
    yield "plain-empty", edit(sound, top(quantization={}))
    yield "packed-config-only", edit(affine, lambda f: f.config.pop("quantization") and None)
    yield "packed-lacks-scales", edit(affine, removed("down_proj", "scales"))
    yield "packed-lacks-biases", edit(affine, removed("down_proj", "biases"))
    yield "packed-lacks-weight", edit(affine, removed("down_proj", "weight"))
    yield "packed-extra-biases", edit(lambda: packed(config, bits=4, group_size=32, mode="mxfp4"), added("down_proj", "biases", lambda w: (*w.shape[:-1], 1)))
    yield "override-group", edit(affine, override("down_proj", {"group_size": 64, "bits": 4}))
    yield "override-mode", edit(affine, override("down_proj", {"group_size": 32, "bits": 4, "mode": "mxfp4"}))
    yield "override-bits-only", edit(affine, override("down_proj", {"bits": 4}))
    yield "override-empty", edit(affine, override("down_proj", {}))
    yield "override-true", edit(affine, override("down_proj", True))
    yield "override-null", edit(affine, override("down_proj", None))
    yield "override-parent", edit(affine, lambda f: f.layer("down_proj") and quantization(**{f.layer("down_proj").replace(".down_proj.weight", ""): {"bits": 8, "group_size": 32}})(f))
    yield "override-embedding", edit(affine, lambda f: quantization(**{"model.embed_tokens": {"bits": 8, "group_size": 32}})(f))
    yield "override-by-class", edit(affine, quantization(default={"bits": 4, "group_size": 32}))
    yield "quantize-activations", edit(affine, top(quantize_activations=True))
    # Files beside, and files named otherwise.
    yield "index-half-there", edit(sound, half_indexed)
    yield "index-names-half", edit(sound, index_names_half)
    yield "index-broken", edit(sound, beside({"model.safetensors.index.json": b"{"}))
    yield "gguf-beside", edit(sound, beside({"model-q4_k_m.gguf": GGUF}))
    yield "gguf-shards-beside", edit(sound, beside({f"model-0000{i}-of-00002.gguf": GGUF for i in (1, 2)}))
    yield "gguf-alone", edit(sound, moved("model.gguf"))
    yield "consolidated-beside", edit(sound, beside({"consolidated.safetensors": None}))
    yield "consolidated-alone", edit(sound, moved("consolidated.safetensors"))
    yield "copy-beside", edit(sound, beside({"model-00001-of-00001.safetensors": None}))
    yield "bin-beside", edit(sound, beside({"pytorch_model.bin": b"PK"}))
    yield "bin-alone", edit(sound, moved("pytorch_model.bin"))
    yield "in-subfolder", edit(sound, moved("original/model.safetensors"))
    yield "weights-npz", edit(sound, moved("weights.npz"))
    yield "weights-safetensors", edit(sound, moved("weights.safetensors"))
    yield "named-model-q4", edit(sound, moved("model-q4.safetensors"))
    yield "named-model-dot", edit(sound, moved("model.fp16.safetensors"))
    yield "named-upper", edit(sound, moved("Model.safetensors"))
    yield "shard-one-of-one", edit(sound, moved("model-00001-of-00001.safetensors"))
    yield "shard-said-of-three", edit(sound, moved("model-00001-of-00003.safetensors"))
    yield "adapter-beside", edit(sound, beside({"adapters.safetensors": None, "adapter_config.json": ADAPTER}))
    yield "adapter-alone", edit(sound, lambda f: (moved("adapters.safetensors")(f), chained(f, beside({"adapter_config.json": ADAPTER})))[1])
    yield "peft-alone", edit(sound, lambda f: (moved("adapter_model.safetensors")(f), chained(f, beside({"adapter_config.json": ADAPTER})))[1])
    yield "pointer-beside", edit(sound, beside({"model-extra.safetensors": POINTER}))
    yield "metadata-none", edit(sound, lambda f: setattr(f, "metadata", {}))
    yield "metadata-pt", edit(sound, lambda f: setattr(f, "metadata", {"format": "pt"}))
    # Tokenizers.
    yield "tokenizer-empty-object", edit(sound, file("tokenizer.json", b"{}"))
    yield "tokenizer-empty", edit(sound, file("tokenizer.json", b""))
    yield "tokenizer-pointer", edit(sound, file("tokenizer.json", POINTER))
    yield "tokenizer-cut", edit(sound, file("tokenizer.json", lambda data: data[: len(data) // 2]))
    yield "tokenizer-config-none", edit(sound, file("tokenizer_config.json", None))
    yield "tokenizer-config-broken", edit(sound, file("tokenizer_config.json", b"{,"))
    yield "tokenizer-config-empty", edit(sound, file("tokenizer_config.json", b"{}"))
    yield "tokenizer-class-unknown", edit(sound, file("tokenizer_config.json", b'{"tokenizer_class": "NoSuchTokenizer"}'))
    yield "tokenizer-class-code", edit(sound, file("tokenizer_config.json", b'{"tokenizer_class": "OwnTokenizer", "auto_map": {"AutoTokenizer": ["own.OwnTokenizer", null]}}'))
    yield "special-tokens-broken", edit(sound, file("special_tokens_map.json", b"{,"))
    yield "generation-config-broken", edit(sound, file("generation_config.json", b"{,"))
    # Configs.
    yield "config-empty-name", edit(sound, top(model_type=""))
    yield "config-null-name", edit(sound, top(model_type=None))
    yield "config-no-name", edit(sound, lambda f: f.config.pop("model_type") and None)
    yield "config-unknown-name", edit(sound, top(model_type="no_such_model"))
    yield "config-upper-name", edit(sound, lambda f: f.config.update(model_type=f.config["model_type"].upper()))
    yield "config-auto-map", edit(sound, top(auto_map={"AutoModelForCausalLM": "modeling_own.OwnForCausalLM"}))
    yield "config-code-config", edit(sound, top(auto_map={"AutoConfig": "configuration_own.OwnConfig"}))
    yield "config-model-file", edit(sound, lambda f: (f.config.update(model_file="own.py"), beside({"own.py": MODEL_FILE})(f))[1])
    yield "config-model-file-null", edit(sound, top(model_file=None))
    yield "config-layers-text", edit(sound, setting("num_hidden_layers", str))
    yield "config-layers-float", edit(sound, setting("num_hidden_layers", float))
    yield "config-vocab-none", edit(sound, without("vocab_size"))
    yield "config-hidden-none", edit(sound, without("hidden_size"))
    yield "config-heads-none", edit(sound, without("num_attention_heads"))
    yield "config-kv-none", edit(sound, without("num_key_value_heads"))
    yield "config-kv-null", edit(sound, setting("num_key_value_heads", None))
    yield "config-head-dim-none", edit(sound, without("head_dim"))
    yield "config-head-dim-null", edit(sound, setting("head_dim", None))
    yield "config-eps-none", edit(sound, without("rms_norm_eps"))
    yield "config-tie-none", edit(sound, without("tie_word_embeddings"))
    yield "config-tie-null", edit(sound, setting("tie_word_embeddings", None))
    yield "config-rope-unknown", edit(sound, setting("rope_scaling", {"type": "no_such_rope", "factor": 2.0}))
    yield "config-rope-untyped", edit(sound, setting("rope_scaling", {"factor": 2.0}))
    yield "config-rope-linear", edit(sound, setting("rope_scaling", {"type": "linear", "factor": 2.0}))
    yield "config-rope-llama3", edit(sound, setting("rope_scaling", {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64}))
    yield "config-rope-yarn", edit(sound, setting("rope_scaling", {"rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 64}))
    yield "config-rope-empty", edit(sound, setting("rope_scaling", {}))
    yield "config-theta-none", edit(sound, without("rope_theta"))
    yield "config-positions-none", edit(sound, without("max_position_embeddings"))
    yield "config-heads-odd", edit(sound, setting("num_attention_heads", 3))
    yield "config-kv-odd", edit(sound, setting("num_key_value_heads", 3))
    yield "config-experts-none", edit(sound, without("num_experts", "num_local_experts"))
    yield "config-experts-more", edit(sound, setting("num_experts", lambda n: n + 1))
    yield "config-moe-width", edit(sound, setting("moe_intermediate_size", lambda n: n * 2))
    yield "config-head-dim", edit(sound, setting("head_dim", lambda n: n + 8))
    yield "config-layer-types", edit(sound, lambda f: f.text.update(layer_types=["no_such_attention"] * f.text.get("num_hidden_layers", 1)))
    yield "config-dtype-unknown", edit(sound, top(torch_dtype="float17"))
    yield "config-bom", edit(sound, file("config.json", lambda data: b"\xef\xbb\xbf" + data))
    yield "config-nan", edit(sound, lambda f: f.config.update(initializer_range=float("nan")))
    yield "config-comment", edit(sound, file("config.json", lambda data: b"// a comment\n" + data))
    yield "config-wrapped-llava", edit(sound, wrapped("llava"))
    yield "config-wrapped-gemma3", edit(sound, wrapped("gemma3"))
    yield "config-wrapped-mistral3", edit(sound, wrapped("mistral3"))
    yield "config-wrapped-qwen3-vl", edit(sound, wrapped("qwen3_vl"))
    yield "config-wrapped-idefics", edit(sound, wrapped("idefics3"))
    yield "config-unwrapped", edit(sound, unwrapped)


def chained(folder, change):
    first = folder.after
    change(folder)
    second = folder.after
    folder.after = lambda path: (first(path), second(path))
    return None
