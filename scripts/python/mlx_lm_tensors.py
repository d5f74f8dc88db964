"""Prints, as JSON, the tensors that each architecture of the installed mlx-lm loads, and what its sanitize lets through.

stdin: {module: config}, a small config for each module. Every module is built from it and from variations of it; what all
of them have in every layer is `layer`, what they have once is `once`. Dimensions are letters where they follow one value
of the config through all variations: V vocabulary, H hidden size, I and M intermediate sizes, G twice I, E experts, Q and
K the widths of queries and keys, F of queries, keys and values, P twice Q, L the queries of latent attention, D a head; k, f and d where a head is the hidden size
shared between the heads, whatever the config says; `?` otherwise.
"""

import copy
import importlib
import inspect
import json
import os
import re
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm import utils

mx.set_default_device(mx.cpu)

CHANGES = [
    {},
    {"vocab_size": 104},
    {"hidden_size": 128},
    {"intermediate_size": 160},
    {"moe_intermediate_size": 96},
    {"head_dim": 32},
    {"num_attention_heads": 8},
    {"num_experts": 4, "n_routed_experts": 4, "num_local_experts": 4},
    {"tie_word_embeddings": False},
    {"attention_bias": True},
]


def section(config):
    return config.get("text_config") if isinstance(config.get("text_config"), dict) else config


def changed(config, change):
    config = copy.deepcopy(config)
    for part in {id(config): config, id(section(config)): section(config)}.values():
        for name, value in change.items():
            if name in part or name in ("tie_word_embeddings", "attention_bias"):
                part[name] = value
    return config


def build(config):
    model_class, arguments = utils._get_classes(config)
    return model_class(arguments.from_dict(copy.deepcopy(config)))


def shapes(model):
    return {name: tuple(array.shape) for name, array in tree_flatten(model.parameters())}


def values(config):
    text = section(config)
    heads = text.get("num_attention_heads", 0)
    kv = text.get("num_key_value_heads", heads)
    dim = text.get("head_dim") or (text.get("hidden_size", 0) // heads if heads else 0)
    experts = text.get("num_experts") or text.get("n_routed_experts") or text.get("num_local_experts")
    shared = text.get("hidden_size", 0) // heads if heads else 0
    intermediate = text.get("intermediate_size")
    return {
        "P": 2 * heads * dim,
        "L": heads * (text.get("qk_nope_head_dim", 0) + text.get("qk_rope_head_dim", 0)),
        "F": (heads + 2 * kv) * dim,
        "G": 2 * intermediate if intermediate else None,
        "d": shared,
        "f": (heads + 2 * kv) * shared,
        "k": kv * shared,
        "V": text.get("vocab_size"),
        "H": text.get("hidden_size"),
        "I": text.get("intermediate_size"),
        "M": text.get("moe_intermediate_size"),
        "E": experts,
        "Q": heads * dim,
        "K": kv * dim,
        "D": dim,
    }


LAYER = re.compile(r"^(.*?)\.(\d+)\.(.*)$")


def split(name):
    match = LAYER.match(name)
    return (f"{match[1]}.#.", int(match[2]), match[3]) if match else ("", None, name)


def letters(found):
    """`found`: [(shape, values)] of one tensor through all variations."""
    length = len(found[0][0])
    if any(len(shape) != length for shape, _ in found):
        return "?"
    dims = []
    for at in range(length):
        letter = next(
            (key for key in "VHIMEQKDFGPLkfd" if all(shape[at] == known[key] for shape, known in found)),
            "?",
        )
        # One value of a config is as good as another while nothing tells them apart.
        dims.append(letter if len({shape[at] for shape, _ in found}) > 1 else "?")
    return "".join(dims)


PROBES = {
    "other": "model.extra_probe.weight",
    "vision": "vision_tower.probe.weight",
    "visual": "visual.probe.weight",
    "mtp": "mtp.probe.weight",
    "rotary": "model.layers.0.self_attn.rotary_emb.inv_freq",
}


def loads(config, change):
    """Whether mlx-lm takes the weights of the model of `config` once `change` has changed them; None: it cannot tell."""
    model = build(config)
    weights = {name: mx.zeros(shape) for name, shape in shapes(model).items()}
    change(weights)
    try:
        weights = model.sanitize(weights) if hasattr(model, "sanitize") else weights
        model.load_weights(list(weights.items()), strict=True)
        return True
    except Exception:
        return False


def probe(config, once, head):
    """Which tensors that the model does not have are dropped, and which of its own it does without."""
    own = shapes(build(config))
    if not loads(config, lambda weights: None):
        return {"dropped": [], "optional": [], "kept": False}
    dropped = [
        key for key, name in PROBES.items() if loads(config, lambda w, n=name: w.update({n: mx.zeros((2, 2))}))
    ]
    layered = next((name for name in own if split(name)[1] == 0), None)
    if layered:
        last = 1 + max(split(name)[1] or 0 for name in own)
        for key, index in (("layers", last), ("layer61", 61)):
            name = layered.replace(".0.", f".{index}.", 1)
            if loads(config, lambda w, n=name: w.update({n: mx.zeros(own[layered])})):
                dropped.append(key)
    if head is not None:
        tied = changed(config, {"tie_word_embeddings": True})
        if loads(tied, lambda w: w.update({head: mx.zeros((4, 4))})):
            dropped.append("head")
    optional = [name for name in once if loads(config, lambda w, n=name: w.pop(n, None))]
    if head is not None:
        untied = changed(config, {"tie_word_embeddings": False})
        if loads(untied, lambda w: w.pop(head, None)):
            optional.append(head)
    return {"dropped": dropped, "optional": optional, "kept": True}


def renames(module):
    """Whether sanitize makes new names: it then takes weights that are named otherwise."""
    if not hasattr(module.Model, "sanitize"):
        return False
    source = inspect.getsource(module.Model.sanitize)
    return bool(re.search(r"\bweights\[[^\]]+\]\s*=|new_weights|replace\(|mx\.stack|remap|sanitized", source))


def unpacks(module, seen=()):
    """Which packings of other tools the module, or one that it builds on, unpacks itself."""
    source = inspect.getsource(module)
    words = {"fp8": r"weight_scale_inv|fp8", "packed": r"weight_packed", "modelopt": r"weight_scale_2"}
    found = {key for key, word in words.items() if re.search(word, source)}
    others = re.findall(r"^from \.(\w+) import", source, re.M)
    for names in re.findall(r"^from \. import ([\w, ]+)", source, re.M):
        others += [name.strip() for name in names.split(",")]
    for name in others:
        if name not in seen and name not in ("base", "cache", "switch_layers"):
            found |= unpacks(importlib.import_module(f"mlx_lm.models.{name}"), (*seen, name))
    return found


def uneven(layers):
    sets = list(layers.values())
    return any(a < b for a in sets for b in sets)


LAYERS = ["num_hidden_layers", "n_layer", "num_layers", "n_layers", "num_transformer_layers"]


def counted(config, key):
    """Whether this setting alone says how many layers there are."""
    try:
        before, after = build(config), build(changed(config, {key: section(config)[key] + 1}))
    except Exception:
        return False
    return len(shapes(after)) > len(shapes(before))


def describe(config):
    variants = []
    for change in CHANGES:
        varied = changed(config, change)
        try:
            variants.append((shapes(build(varied)), values(varied), change))
        except Exception:
            if not change:
                raise
    first = variants[0][0]
    names = set.intersection(*[set(found) for found, _, _ in variants])
    untied = next((found for found, _, change in variants if change == {"tie_word_embeddings": False}), first)
    layers = {}
    for name in first:
        prefix, index, leaf = split(name)
        if index is not None:
            layers.setdefault((prefix, index), set()).add(leaf)
    prefixes = sorted({prefix for prefix, _ in layers})
    result = {"once": [], "layer": []}
    def word(name, many):
        found = [(found[n], known) for found, known, _ in variants for n in many(name) if n in found]
        return f"{name}:{letters(found)}"
    for name in sorted(names):
        if split(name)[1] is None:
            result["once"].append(word(name, lambda n: [n]))
    # Only a model with one stack of layers is told layer by layer.
    if len(prefixes) == 1:
        prefix = prefixes[0]
        result["prefix"] = prefix
        counts = [index for _, index in layers]
        always = set.intersection(*[leaves for leaves in layers.values()]) if layers else set()
        for leaf in sorted(always):
            many = [prefix.replace("#", str(index)) + leaf for index in counts]
            if all(name in names for name in many):
                result["layer"].append(word(leaf, lambda _: many))
        result["uneven"] = uneven(layers)
        known = {word.split(":")[0] for word in result["layer"]}
        seen = {split(name)[2] for found, _, _ in variants for name in found if split(name)[1] is not None}
        result["some"] = [
            word(leaf, lambda _, leaf=leaf: [prefix.replace("#", str(index)) + leaf for index in counts])
            for leaf in sorted(seen - known)
        ]
    result["counted"] = next((key for key in LAYERS if counted(config, key)), None)
    result["head"] = next((name for name in sorted(set(untied) - set(first)) if "head" in name or "output" in name), None)
    default = copy.deepcopy(config)
    for part in (default, section(default)):
        part.pop("tie_word_embeddings", None)
    try:
        result["tied"] = result["head"] is not None and result["head"] not in shapes(build(default))
    except TypeError:  # The module wants to be told.
        result["tied"] = False
    once = [word.split(":")[0] for word in result["once"]]
    result.update(probe(config, once, result["head"]))
    return result


for name, config in json.load(sys.stdin).items():
    try:
        found = describe(config)
        module = importlib.import_module(f"mlx_lm.models.{utils.MODEL_REMAPPING.get(config['model_type'], config['model_type'])}")
        found["renames"] = renames(module)
        found["unpacks"] = sorted(unpacks(module))
        print(json.dumps({"name": name, **found}), flush=True)
    except Exception as error:
        print(json.dumps({"name": name, "error": f"{type(error).__name__}: {error}"}), flush=True)
