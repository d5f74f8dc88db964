"""Measures on the CPU how many bytes a token of the prompt the scores of attention take in mlx-lm.

stdin: [{"name", "config"}]; stdout, one line a case: {"name", "bytesPerToken"} or {"name", "error"}. What the caches grow
by is taken off. On the CPU MLX never fuses attention, so that every model builds its scores.
"""

import json
import os
import sys

os.environ["MLX_DISABLE_COMPILE"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import mlx.core as mx
from mlx_lm import utils
from mlx_lm.generate import generate_step
from mlx_lm.models import cache as caches

mx.set_default_device(mx.cpu)
STEP, SHORT, LONG = 256, 1025, 3073

# On the CPU mlx has this one kernel for float32 only.
gather_mm = mx.gather_mm


def gather_mm_in_float32(a, b, *args, **kwargs):
    return gather_mm(a.astype(mx.float32), b.astype(mx.float32), *args, **kwargs).astype(a.dtype)


mx.gather_mm = gather_mm_in_float32


def peak(model, tokens):
    cache = caches.make_prompt_cache(model)
    mx.clear_cache()
    mx.reset_peak_memory()
    before = mx.get_active_memory()
    prompt = mx.array([token % 90 for token in range(tokens)])
    for _ in generate_step(prompt, model, max_tokens=0, prompt_cache=cache, prefill_step_size=STEP):
        pass
    return mx.get_peak_memory() - before - sum(part.nbytes for part in cache)


def answer(case):
    try:
        config = json.loads(json.dumps(case["config"]))
        model_class, arguments = utils._get_classes(config)
        model = model_class(arguments.from_dict(config))
        model.set_dtype(mx.float16)
        mx.eval(model.parameters())
        grown = peak(model, LONG) - peak(model, SHORT)
        return {"name": case["name"], "bytesPerToken": grown / (LONG - SHORT)}
    except Exception as error:
        return {"name": case["name"], "error": f"{type(error).__name__}: {error}"}


for case in json.load(sys.stdin):
    print(json.dumps(answer(case)), flush=True)
