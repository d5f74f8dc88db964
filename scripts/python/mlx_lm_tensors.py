"""Prints, as JSON, the tensors that each architecture of the installed mlx-lm loads, and what its sanitize lets through.

argv: another package with models of the same make, `mlx_embeddings`. stdin: {module: config}, a small config for each module. Every module is built from it and from variations of it; what all
of them have in every layer is `layer`, what they have once is `once`, what some have is `some`. Of the last it is told which
switch of the config brings them (`flags`), which come only together (`together`), and which groups no layer is without
(`kinds`). Dimensions are letters where they follow one value
of the config through all variations: V vocabulary, H hidden size, I and M intermediate sizes, G twice I, E experts, Q and
K the widths of queries and keys, F of queries, keys and values, P twice Q, L the queries of latent attention, D a head; k, f and d where a head is the hidden size
shared between the heads, whatever the config says; U, u and g as Q, K and D of layers with heads of their own; `?`
otherwise, and `*` where not even their number is the same. What differs between layers has both, with `|`.
"""

import copy
import dataclasses
import importlib
import inspect
import json
import os
import re
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import mlx.core as mx
from mlx.utils import tree_flatten

PACKAGE = sys.argv[1] if len(sys.argv) > 1 else "mlx_lm"
utils = importlib.import_module(f"{PACKAGE}.utils")

mx.set_default_device(mx.cpu)

CHANGES = [
    {},
    {"vocab_size": 104},
    {"hidden_size": 128},
    {"intermediate_size": 160},
    {"moe_intermediate_size": 96},
    {"head_dim": 32},
    {"num_attention_heads": 8},
    {"num_attention_heads": 8, "head_dim": 12},
    {"num_attention_heads": 8, "hidden_size": 128},
    {"num_key_value_heads": 4},
    {"global_head_dim": 56},
    {"num_global_key_value_heads": 4},
    {"num_experts": 4, "n_routed_experts": 4, "num_local_experts": 4},
    {"tie_word_embeddings": False},
    {"attention_bias": True},
]


# Settings without which, or at null, some modules are built otherwise.
NULLS = ["q_lora_rank", "num_key_value_heads", "moe_intermediate_size", "n_shared_experts", "num_shared_experts", "layer_types"]


# Counts of which none is as good as no.
COUNTS = ["num_experts", "n_routed_experts", "num_local_experts"]


def switches(config):
    """The settings of the module that are true or false."""
    model_class, arguments = utils._get_classes(config)[:2]
    module = importlib.import_module(model_class.__module__)
    found = {}
    classes = [value for value in vars(module).values() if dataclasses.is_dataclass(value)] + [arguments]
    text = section(config)
    if text is not config and "model_type" in text:
        name = utils.MODEL_REMAPPING.get(text["model_type"], text["model_type"])
        try:
            classes.append(importlib.import_module(f"{PACKAGE}.models.{name}").ModelArgs)
        except Exception:
            pass
    for name in dir(module):
        inner = getattr(module, name)
        if inspect.ismodule(inner) and inner.__name__.startswith(f"{PACKAGE}.models.") and hasattr(inner, "ModelArgs"):
            classes.append(inner.ModelArgs)
    for cls in classes:
        for field in dataclasses.fields(cls):
            if field.type in (bool, "bool") or isinstance(field.default, bool) or "bool" in str(field.type).lower():
                found[field.name] = field.default if isinstance(field.default, bool) else False
            elif field.name in COUNTS:
                found[field.name] = bool(field.default) if isinstance(field.default, int) else False
    return found


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
    model_class, arguments = utils._get_classes(config)[:2]
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
    wide = text.get("global_head_dim")
    return {
        "U": heads * wide if wide else None,
        "u": ((text.get("num_global_key_value_heads") if text.get("attention_k_eq_v") else None) or kv) * wide if wide else None,
        "g": wide,
        "P": 2 * heads * dim,
        "L": heads * (text.get("qk_nope_head_dim", 0) + text.get("qk_rope_head_dim", 0)),
        "F": (heads + 2 * kv) * dim,
        "G": 2 * intermediate if intermediate else None,
        "d": shared,
        "f": (heads + 2 * kv) * shared,
        "k": kv * shared,
        "V": text.get("vocab_size", config.get("vocab_size")),
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
        return "*"
    dims = []
    for at in range(length):
        letter = next(
            (key for key in "VHIMEQKDFGPLkfdUug" if all(shape[at] == known[key] for shape, known in found)),
            "?",
        )
        # One value of a config is as good as another while nothing tells them apart.
        dims.append(letter if len({shape[at] for shape, _ in found}) > 1 else "?")
    return "".join(dims)


PROBES = {
    "other": "model.extra_probe.weight",
    "stray": "extra_probe.weight",
    "rotary": "model.layers.0.self_attn.rotary_emb.inv_freq",
}
# Parts of models of several kinds, by which their tensors' names begin.
PARTS = """
vision_tower visual vision_model vision_embed_tokens multi_modal_projector mm_projector audio_tower audio_model embed_vision
embed_audio connector aligner image_newline speech mtp model.visual model.vision_tower model.vision_model
model.multi_modal_projector model.audio_tower model.embed_vision model.embed_audio model.connector model.mtp
language_model.mtp
""".split()
PROBES.update({part: f"{part}.probe.weight" for part in PARTS})


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


def roots(config):
    """Other beginnings of the names that sanitize takes: `bare` without the wrapper's, `inner` as transformers nests them."""
    own = shapes(build(config))
    if not all(name.startswith("language_model.") for name in own) or not loads(config, lambda weights: None):
        return []
    def bare(name):
        return name.removeprefix("language_model.")
    def inner(name):
        rest = bare(name)
        return "model.language_model." + rest.removeprefix("model.") if rest.startswith("model.") else rest
    def outer(name):
        return "model." + name
    def renamed(weights, how):
        old = dict(weights)
        weights.clear()
        weights.update({how(name): value for name, value in old.items()})
    ways = {"bare": bare, "inner": inner, "outer": outer}
    return [key for key, how in ways.items() if loads(config, lambda w, how=how: renamed(w, how))]


def fails(config, change):
    try:
        build(changed_text(config, change))
        return False
    except Exception:
        return True


def fails_without(config, name):
    config = copy.deepcopy(config)
    if section(config).pop(name, None) is None:
        return False
    try:
        build(config)
        return False
    except Exception:
        return True


def changed_text(config, change):
    config = copy.deepcopy(config)
    section(config).update(change)
    return config


def outer_names(config, change, default):
    """The names outside of layers once a setting is changed."""
    try:
        found = shapes(build(changed(config, change)))
    except Exception:
        found = default
    return {name for name in found if split(name)[1] is None}


def layer_sets(found):
    layers = {}
    for name in found:
        prefix, index, leaf = split(name)
        if index is not None:
            layers.setdefault((prefix, index), set()).add(leaf)
    return layers


def flag_rules(some, variants, defaults):
    """Which switch alone decides about a tensor: {"attention_bias=1": [leaves]}, `?` where the config does not say and it is not known."""
    rules = {}
    flagged = set()
    for leaf in some:
        anchor = f"{leaf.rpartition('.')[0]}.weight"
        def state(layers):
            has = [leaf in leaves for leaves in layers.values()]
            wanted = [leaf == anchor or not leaf.endswith(".bias") or anchor in leaves for leaves in layers.values()]
            if not any(has):
                return False
            return True if all(h == w for h, w in zip(has, wanted)) else None
        seen = [(state(layers), config) for layers, config in variants]
        for flag in sorted(defaults):
            pairs = [(got, section(config).get(flag)) for got, config in seen]
            pairs = [(got, bool(defaults[flag]) if value is None else bool(value)) for got, value in pairs]
            if any(got is None for got, _ in pairs) or len({value for _, value in pairs}) < 2:
                continue
            for wanted in (True, False):
                if all(got == (value == wanted) for got, value in pairs):
                    rules.setdefault(f"{flag}{'' if wanted else '!'}{'=1' if defaults[flag] else ''}", []).append(leaf)
                    flagged.add(leaf)
    return rules, flagged


def companions(some, variants):
    """Tensors of one part of a layer that are there together or not at all."""
    groups = {}
    rows = [leaves for layers, _ in variants for leaves in layers.values()]
    for leaf in some:
        key = (leaf.split(".")[0], tuple(leaf in leaves for leaves in rows))
        groups.setdefault(key, []).append(leaf)
    return [sorted(group) for group in groups.values() if len(group) > 1]


def kinds(layer, some, variants):
    """The parts of which every layer has one set. None where some layer has no more than all have."""
    always = {leaf.split(".")[0] for leaf in layer}
    own = {leaf.split(".")[0] for leaf in some} - always
    sets = {frozenset(leaf.split(".")[0] for leaf in leaves if leaf.split(".")[0] in own) for layers, _ in variants for leaves in layers.values()}
    least = [one for one in sets if not any(other < one for other in sets)]
    return [] if frozenset() in sets else sorted("+".join(sorted(one)) for one in least)


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
            found |= unpacks(importlib.import_module(f"{PACKAGE}.models.{name}"), (*seen, name))
    return found


def uneven(layers):
    sets = list(layers.values())
    return any(a < b for a in sets for b in sets)


LAYERS = ["num_hidden_layers", "n_layer", "num_layers", "n_layers", "num_transformer_layers"]


def counted(config, key):
    """Whether this setting alone says how many layers there are."""
    try:
        more = changed(config, {key: section(config)[key] + 1})
        for part in (more, section(more)):
            if isinstance(part.get("layer_types"), list) and len(part["layer_types"]) == section(config)[key]:
                part["layer_types"] = part["layer_types"] + part["layer_types"][-1:]
        before, after = build(config), build(more)
    except Exception:
        return False
    return len(shapes(after)) > len(shapes(before))


def describe(config):
    defaults = switches(config)
    flips = [{name: value} for name in sorted(defaults) if name not in COUNTS for value in (True, False)]
    changes = CHANGES + [change for change in flips if change not in CHANGES]
    changes += [{name: None} for name in NULLS if name in section(config)]
    # Some take the width of a head also where our small config does not give it.
    changes += [{"head_dim": 40}]
    changes += [{name: 0} for name in COUNTS if name in section(config)]
    variants = []
    for change in changes:
        varied = changed(config, change) if change in CHANGES else changed_text(config, change)
        try:
            variants.append((shapes(build(varied)), values(varied), varied, change))
        except Exception:
            if not change:
                raise
    first = variants[0][0]
    names = set.intersection(*[set(found) for found, *_ in variants])
    untied = outer_names(config, {"tie_word_embeddings": False}, first)
    tied = outer_names(config, {"tie_word_embeddings": True}, first)
    head = next((name for name in sorted(untied - tied) if "head" in name or "output" in name), None)
    layers = layer_sets(first)
    prefixes = sorted({prefix for prefix, _ in layers})
    result = {"once": [], "layer": []}

    # What a null or a nothing leaves to be found out has no dimensions of its own.
    measured = [entry for entry in variants if not any(value is None or value == 0 and value is not False for value in entry[3].values())]

    def word(name, many):
        found = [(n, found[n], known) for found, known, *_ in measured for n in many(name) if n in found]
        if not found:
            return f"{name}:*"
        whole = letters([(shape, known) for _, shape, known in found])
        if "?" not in whole:
            return f"{name}:{whole}"
        # Layers of two kinds: each by itself.
        kinds = {}
        for n, shape, known in found:
            kinds.setdefault(measured[0][0].get(n), []).append((shape, known))
        each = sorted({letters(pairs) for pairs in kinds.values()})
        return f"{name}:{'|'.join(each)}" if len(each) > 1 and not any(set(one) & set("?*") for one in each) else f"{name}:{whole}"

    for name in sorted(names):
        if split(name)[1] is None:
            result["once"].append(word(name, lambda n: [n]))
    # Only a model with one stack of layers is told layer by layer. Behind those of an embedder stand a few dense ones.
    if PACKAGE != "mlx_lm" and len(prefixes) > 1:
        prefixes = sorted(prefixes, key=lambda one: -sum(name.startswith(one.split("#")[0]) for name in first))[:1]
        beside = [name for name in sorted(names) if split(name)[1] is not None and split(name)[0] != prefixes[0]]
        result["once"] += [word(name, lambda n: [n]) for name in beside]
    if len(prefixes) == 1:
        prefix = prefixes[0]
        result["prefix"] = prefix
        stacks = [
            ({key: leaves for key, leaves in layer_sets(found).items() if key[0] == prefix}, varied)
            for found, _, varied, _ in variants
        ]
        indices = sorted({index for sets, _ in stacks for _, index in sets})
        rows = [leaves for sets, _ in stacks for leaves in sets.values()]
        always = set.intersection(*rows) if rows else set()
        everywhere = lambda leaf: [prefix.replace("#", str(index)) + leaf for index in indices]
        result["layer"] = [word(leaf, lambda _, leaf=leaf: everywhere(leaf)) for leaf in sorted(always)]
        result["uneven"] = uneven(layers)
        some = sorted(set().union(*rows) - always)
        once = {name for found, *_ in variants for name in found if split(name)[1] is None} - names - {head}
        result["some"] = [word(leaf, lambda _, leaf=leaf: everywhere(leaf)) for leaf in some]
        result["some"] += [word(name, lambda n: [n]) for name in sorted(once)]
        rules, flagged = flag_rules(some, stacks, defaults)
        result["flags"] = [f"{flag}:{','.join(leaves)}" for flag, leaves in sorted(rules.items())]
        result["together"] = [",".join(group) for group in companions([leaf for leaf in some if leaf not in flagged], stacks)]
        result["kinds"] = kinds(always, some, stacks)
    result["counted"] = next((key for key in LAYERS if counted(config, key)), None)
    result["head"] = head
    result["roots"] = roots(config)
    result["strictRope"] = not fails(config, {"rope_scaling": {"type": "linear", "factor": 2.0}}) and fails(
        config, {"rope_scaling": {"type": "no_such_rope", "factor": 2.0}}
    )
    result["nullHeads"] = null_heads(config)
    result["needsTheta"] = fails_without(config, "rope_theta")
    result["notNull"] = [name for name in NOT_NULL if fails(config, {name: None}) and not fails(config, {})]
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


NOT_NULL = """
num_key_value_heads head_dim intermediate_size rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads
num_hidden_layers
""".split()


def null_heads(config):
    """Whether `num_key_value_heads: null` means as many as there are heads."""
    heads = section(config).get("num_attention_heads")
    try:
        none = shapes(build(changed_text(config, {"num_key_value_heads": None})))
        same = shapes(build(changed_text(config, {"num_key_value_heads": heads})))
        other = shapes(build(config))
    except Exception:
        return False
    return none == same != other


for name, config in json.load(sys.stdin).items():
    try:
        found = describe(config)
        module = importlib.import_module(f"{PACKAGE}.models.{utils.MODEL_REMAPPING.get(config['model_type'], config['model_type']).replace('-', '_')}")
        found["renames"] = renames(module)
        found["unpacks"] = sorted(unpacks(module))
        print(json.dumps({"name": name, **found}), flush=True)
    except Exception as error:
        print(json.dumps({"name": name, "error": f"{type(error).__name__}: {error}"}), flush=True)
