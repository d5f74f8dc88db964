// Written by scripts/mlx-programs-table.ts from the packages it names: not by hand.
import type { ModuleTensors } from "../mlx-lm/module-tensors.ts";

/** The tensors that the models of mlx-embeddings load, by model type. */
export const EMBEDDER_TENSORS: Readonly<Record<string, ModuleTensors>> = {
  bert: {
    once: "embeddings.LayerNorm.bias:H embeddings.LayerNorm.weight:H embeddings.position_embeddings.weight:?H embeddings.token_type_embeddings.weight:?H embeddings.word_embeddings.weight:VH pooler.dense.bias:H pooler.dense.weight:HH",
    layer:
      "attention.output.LayerNorm.bias:H attention.output.LayerNorm.weight:H attention.output.dense.bias:H attention.output.dense.weight:HH attention.self.key.bias:H attention.self.key.weight:HH attention.self.query.bias:H attention.self.query.weight:HH attention.self.value.bias:H attention.self.value.weight:HH intermediate.dense.bias:I intermediate.dense.weight:IH output.LayerNorm.bias:H output.LayerNorm.weight:H output.dense.bias:H output.dense.weight:HI",
    prefix: "encoder.layer.#.",
    counted: "num_hidden_layers",
    notNull: "intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  "xlm-roberta": {
    once: "embeddings.LayerNorm.bias:H embeddings.LayerNorm.weight:H embeddings.position_embeddings.weight:?H embeddings.token_type_embeddings.weight:?H embeddings.word_embeddings.weight:VH",
    layer:
      "attention.output.LayerNorm.bias:H attention.output.LayerNorm.weight:H attention.output.dense.bias:H attention.output.dense.weight:HH attention.self.key.bias:H attention.self.key.weight:HH attention.self.query.bias:H attention.self.query.weight:HH attention.self.value.bias:H attention.self.value.weight:HH intermediate.dense.bias:I intermediate.dense.weight:IH output.LayerNorm.bias:H output.LayerNorm.weight:H output.dense.bias:H output.dense.weight:HI",
    prefix: "encoder.layer.#.",
    some: "pooler.dense.bias:H pooler.dense.weight:HH",
    counted: "num_hidden_layers",
    notNull: "intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  modernbert: {
    once: "model.embeddings.norm.weight:H model.embeddings.tok_embeddings.weight:VH model.final_norm.weight:H",
    layer:
      "attn.Wo.weight:HH attn.Wqkv.weight:fH mlp.Wi.weight:GH mlp.Wo.weight:HI mlp_norm.weight:H",
    prefix: "model.layers.#.",
    uneven: true,
    some: "attn.Wo.bias:? attn.Wqkv.bias:? attn_norm.bias:? attn_norm.weight:H mlp.Wi.bias:? mlp.Wo.bias:? mlp_norm.bias:? model.embeddings.norm.bias:? model.final_norm.bias:?",
    flags:
      "attention_bias:attn.Wo.bias,attn.Wqkv.bias mlp_bias:mlp.Wi.bias,mlp.Wo.bias norm_bias:attn_norm.bias,mlp_norm.bias",
    counted: "num_hidden_layers",
    notNull: "intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  gemma3_text: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H dense.0.weight:?H dense.1.weight:H?",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H pre_feedforward_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  qwen3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  lfm2: {
    once: "model.embed_tokens.weight:VH model.embedding_norm.weight:H dense.0.weight:??",
    layer:
      "feed_forward.w1.weight:?? feed_forward.w2.weight:?? feed_forward.w3.weight:?? ffn_norm.weight:H operator_norm.weight:H",
    prefix: "model.layers.#.",
    some: "conv.conv.bias:? conv.conv.weight:H?? conv.in_proj.bias:? conv.in_proj.weight:?H conv.out_proj.bias:? conv.out_proj.weight:HH self_attn.k_layernorm.weight:d self_attn.k_proj.weight:kH self_attn.out_proj.weight:HH self_attn.q_layernorm.weight:d self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    flags: "conv_bias:conv.conv.bias,conv.in_proj.bias,conv.out_proj.bias",
    together:
      "conv.conv.weight,conv.in_proj.weight,conv.out_proj.weight self_attn.k_layernorm.weight,self_attn.k_proj.weight,self_attn.out_proj.weight,self_attn.q_layernorm.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "conv self_attn",
    counted: "num_hidden_layers",
    nullHeads: true,
    notNull: "intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
};
