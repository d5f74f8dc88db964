"""Folders of tiny models while they are written."""

import json
import shutil

import mlx.core as mx
import mlx.nn as nn
from mlx.utils import tree_flatten
from mlx_lm import utils

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

    def write(self, path, tokenizer):
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
