"""Makes folders of tiny models, sound and broken in every way that was seen, and loads each with mlx_lm.load.

argv: a folder with a tokenizer, and the folder to write to. stdin: {"configs": {module: config}, "broken": [modules that
are broken too]}. stdout, one line a folder: {"name", "path", "loads", "error"}.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

os.environ["MLX_DISABLE_COMPILE"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_flatten
from mlx_lm import utils

mx.set_default_device(mx.cpu)
tokenizer, out = map(Path, sys.argv[1:3])
asked = json.load(sys.stdin)


FLOATS = {"routed_scaling_factor", "logits_soft_cap", "final_logit_softcapping"}


class Folder:
    """A model folder while it is written: config, tensors, and what is done to the files afterwards."""

    def __init__(self, config, tensors):
        self.config, self.tensors = json.loads(json.dumps(config)), dict(tensors)
        # JavaScript writes 1.0 as 1, and transformers wants numbers of the right kind.
        for part in (self.config, self.text):
            for name in FLOATS & part.keys():
                part[name] = float(part[name])
        self.metadata = {"format": "mlx"}
        self.shards = None
        self.index = None
        self.after = lambda path: None

    @property
    def text(self):
        text = self.config.get("text_config")
        return text if isinstance(text, dict) and "num_hidden_layers" in text else self.config

    def layer(self, word):
        """Name of a tensor of the layer in the middle."""
        names = [name for name in self.tensors if ".1." in name and name.endswith(f"{word}.weight")]
        return names[0] if names else None

    def write(self, path):
        path.mkdir(parents=True)
        for file in tokenizer.iterdir():
            if file.name.startswith(("tokenizer", "special", "chat_template")):
                shutil.copy(file, path)
        (path / "config.json").write_text(json.dumps(self.config))
        for name, tensors in (self.shards or {"model.safetensors": self.tensors}).items():
            mx.save_safetensors(str(path / name), tensors, metadata=self.metadata)
        if self.index is not None:
            (path / "model.safetensors.index.json").write_text(json.dumps(self.index))
        self.after(path)


def build(config):
    model_class, arguments = utils._get_classes(config)
    return model_class(arguments.from_dict(json.loads(json.dumps(config))))


def tensors_of(model):
    return {name: array.astype(mx.float16) if array.dtype == mx.float32 else array for name, array in tree_flatten(model.parameters())}


def packed(config, **options):
    """The same model packed by MLX, as convert writes it."""
    model = build(config)
    model.set_dtype(mx.float16)
    size = options.get("group_size", 32)
    predicate = getattr(model, "quant_predicate", None)

    def wanted(path, module):
        if not hasattr(module, "to_quantized") or module.weight.shape[-1] % size:
            return False
        said = predicate(path, module) if predicate else True
        return False if isinstance(said, dict) and module.weight.shape[-1] % said["group_size"] else said

    nn.quantize(model, class_predicate=wanted, **options)
    folder = Folder(config, dict(tree_flatten(model.parameters())))
    quantization = {"mode": "affine", "bits": 4, **options}
    folder.config["quantization"] = folder.config["quantization_config"] = quantization
    return folder


def plain(config):
    return Folder(config, tensors_of(build(config)))


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


def tried(name, folder):
    path = out / name
    folder.write(path)
    try:
        _, loaded = utils.load(str(path))
        # Transformers makes an empty tokenizer of nothing for some model types: it takes no prompt.
        if not [token for token in loaded.encode("the first one") if token != loaded.unk_token_id]:
            raise ValueError("its tokenizer knows no word")
        return {"name": name, "path": str(path), "loads": True, "error": None}
    except Exception as error:
        return {"name": name, "path": str(path), "loads": False, "error": f"{type(error).__name__}: {error}"[:300]}


def folders():
    for module, config in asked["configs"].items():
        yield f"{module}-sound", lambda: plain(config)
    for module in asked["broken"]:
        config = asked["configs"][module]
        yield from ((f"{module}-{name}", lambda f=folder: f) for name, folder in ways(config) if folder is not None)


def work(start):
    for at, (name, make) in enumerate(folders()):
        if at >= start:
            print(json.dumps({"name": name, "path": str(out / name)}), flush=True)
            print(json.dumps(tried(name, make())), flush=True)


def supervise():
    """MLX ends some loads with a signal: the work goes on behind them in another process."""
    start = 0
    while True:
        begun, ended = None, 0
        child = subprocess.Popen([sys.executable, *sys.argv, str(start)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        child.stdin.write(json.dumps(asked))
        child.stdin.close()
        for line in child.stdout:
            found = json.loads(line)
            if "loads" not in found:
                begun = found
                continue
            begun, ended = None, ended + 1
            print(line, end="", flush=True)
        if child.wait() == 0:
            return
        if begun is None:
            sys.exit(1)
        print(json.dumps({**begun, "loads": False, "error": f"ended by signal {-child.returncode}"}), flush=True)
        start += ended + 1


work(int(sys.argv[3])) if len(sys.argv) > 3 else supervise()
