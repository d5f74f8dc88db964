"""Prints, as JSON, what the installed mlx-lm can load: its version, its model modules and how it renames model types."""

import contextlib
import dataclasses
import importlib
import importlib.metadata
import json
import pkgutil
import sys

import mlx_lm.models
from mlx_lm import utils
from transformers.models.auto.tokenization_auto import TOKENIZER_MAPPING_NAMES


def is_model(name):
    """Whether the module can run a model; None where another package would have to be installed first."""
    try:
        module = importlib.import_module(f"mlx_lm.models.{name}")
    except (ImportError, SystemExit):
        return None
    return hasattr(module, "Model") and hasattr(module, "ModelArgs")


# The arguments that decide what a model's caches hold and how wide its tensors are; of these the defaults are told too.
CACHE_ARGUMENTS = """
hidden_size num_hidden_layers num_attention_heads num_key_value_heads head_dim v_head_dim
sliding_window sliding_window_pattern sliding_window_size attention_window_size window_size attention_chunk_size
num_kv_shared_layers global_head_dim num_global_key_value_heads attention_k_eq_v full_attention_interval
linear_num_value_heads linear_num_key_heads linear_key_head_dim linear_value_head_dim linear_conv_kernel_dim
kv_lora_rank qk_rope_head_dim qk_nope_head_dim index_head_dim num_loops loop_num loop_window_size
mamba_n_heads mamba_d_head mamba_d_state mamba_d_conv mamba_n_groups mamba_expand mamba_num_heads mamba_head_dim
mamba_step mamba_enabled hidden_size_per_head conv_L_cache short_conv_kernel_size layer_group_size conv_kernel n_groups
n_embd n_head n_layer model_dim num_heads num_layers kv_channels n_shared_head hidden_dim d_model num_kv_heads
num_kv_reuse_layers state_size intermediate_size attn_layer_offset attn_layer_period conv_window conv1d_width
emb_neighbor_num multi_query num_attention_groups
layer_types layers_block_type hybrid_override_pattern block_types _block_types full_attn_idxs hybrid_layer_pattern
sliding_window_layers num_swa_attention_heads num_swa_key_value_heads swa_num_key_value_heads swa_head_dim swa_v_head_dim
block_configs linear_attn_config attn_config attention_other_setting sparse_attention_config sparse_attention_freq
index_block_size use_cla cla_share_factor ssm_state_size n_kv_heads n_heads n_layers num_transformer_layers
mamba_d_ssm compress_ratios kv_source_layer_ids index_source_layer_ids
vocab_size moe_intermediate_size num_experts n_routed_experts num_local_experts
""".split()


def arguments(name):
    """The arguments of a module's model, one word each: `name!` is required, `name=3` has that default, `name` none."""
    module = importlib.import_module(f"mlx_lm.models.{name}")
    found = {"": module.ModelArgs}
    if any(field.name == "text_config" for field in dataclasses.fields(module.ModelArgs)):
        for text in ("TextArgs", "TextConfig", "TextModelArgs"):
            if hasattr(module, text):
                found["text"] = getattr(module, text)
    return {key: " ".join(map(word, dataclasses.fields(args))).split() for key, args in found.items()}


def word(field):
    if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
        return f"{field.name}!"
    if field.name not in CACHE_ARGUMENTS:
        return ""
    return f"{field.name}={int(field.default)}" if isinstance(field.default, int) else field.name


names = sorted(info.name for info in pkgutil.iter_modules(mlx_lm.models.__path__))
with contextlib.redirect_stdout(sys.stderr):
    models = {name: is_model(name) for name in names}
tokenizers = {
    model: [name for name in (names if isinstance(names, (tuple, list)) else [names]) if name]
    for model, names in TOKENIZER_MAPPING_NAMES.items()
}
architectures = getattr(utils, "MODEL_ARCHITECTURE_REMAPPING", {})
print(
    json.dumps(
        {
            "mlxLmVersion": importlib.metadata.version("mlx-lm"),
            "mlxVersion": importlib.metadata.version("mlx"),
            "modules": [name for name, found in models.items() if found],
            "needsMore": [name for name, found in models.items() if found is None],
            "arguments": {
                name if key == "" else f"{name}/{key}": " ".join(words)
                for name, found in models.items()
                if found
                for key, words in arguments(name).items()
            },
            "tokenizers": {
                "version": importlib.metadata.version("transformers"),
                "classes": " ".join(sorted({name.removesuffix("Fast") for names in tokenizers.values() for name in names})),
                "models": " ".join(sorted(model for model, names in tokenizers.items() if names)),
            },
            "remapping": dict(sorted(utils.MODEL_REMAPPING.items())),
            "architectureRemapping": [
                {"modelType": model_type, "architecture": architecture, "module": module}
                for (model_type, architecture), module in sorted(architectures.items())
            ],
        }
    )
)
