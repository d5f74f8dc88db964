"""Builds models in mlx-lm from configs on stdin and says what their caches hold after, and during, a prompt.

stdin: [{"name", "config", "dtype"?, "prompts": [{"tokens", options of generate_step}]}]; stdout, one line a case:
{"name", "held": [{"tokens", "after", "peak"}], "parameters", "tensors": {name: [dtype, shape]}} or {"name", "error"}.
`after` and `peak` are bytes: the caches after the prompt, and the most they hold after any call of the model.
"""

import json
import os
import sys

os.environ["MLX_DISABLE_COMPILE"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm import utils
from mlx_lm.generate import generate_step
from mlx_lm.models import cache as caches

mx.set_default_device(mx.cpu)

# On the CPU mlx has this one kernel for float32 only: the experts of a mixture compute in it, all else as it comes.
gather_mm = mx.gather_mm


def gather_mm_in_float32(a, b, *args, **kwargs):
    return gather_mm(a.astype(mx.float32), b.astype(mx.float32), *args, **kwargs).astype(a.dtype)


mx.gather_mm = gather_mm_in_float32


def held_by(cache):
    return sum(part.nbytes for part in cache)


def build(case):
    config = json.loads(json.dumps(case["config"]))
    model_class, arguments = utils._get_classes(config)
    model = model_class(arguments.from_dict(config))
    model.set_dtype(getattr(mx, case.get("dtype", "float16")))
    return model


def run(model, tokens, **options):
    cache = caches.make_prompt_cache(model)
    peak = 0

    def call(*args, **kwargs):
        nonlocal peak
        out = model(*args, **kwargs)
        peak = max(peak, held_by(cache))
        return out

    prompt = mx.array([token % 90 for token in range(tokens)])
    for _ in generate_step(prompt, call, max_tokens=0, prompt_cache=cache, **options):
        pass
    mx.eval([part.state for part in cache])
    return {"tokens": tokens, "after": held_by(cache), "peak": peak}


def answer(case):
    try:
        model = build(case)
        tensors = tree_flatten(model.parameters())
        return {
            "name": case["name"],
            "held": [run(model, **prompt) for prompt in case["prompts"]],
            "parameters": utils.get_total_parameters(model),
            "tensors": {name: [str(array.dtype).split(".")[-1], array.shape] for name, array in tensors},
        }
    except Exception as error:
        return {"name": case["name"], "error": f"{type(error).__name__}: {error}"}


for case in json.load(sys.stdin):
    print(json.dumps(answer(case)), flush=True)
