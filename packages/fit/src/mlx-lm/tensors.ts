// Written by scripts/mlx-lm-table.ts from the packages it names: not by hand.
import type { ModuleTensors } from "./module-tensors.ts";

/** The tensors that each module of that mlx-lm loads, found by building it from small configs and changing them. */
export const MLX_LM_TENSORS: Readonly<Record<string, ModuleTensors>> = {
  Klear: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_norm.weight:d self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_norm.weight:d self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "mlp.coefficient.bias:? mlp.coefficient.weight:?H mlp.down_proj.weight:* mlp.expert_bias:E mlp.experts.down_proj.weight:EHM mlp.experts.gate_proj.weight:EMH mlp.experts.up_proj.weight:EMH mlp.gate.weight:EH mlp.gate_proj.weight:* mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.up_proj.weight:* self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias num_experts:mlp.coefficient.bias,mlp.coefficient.weight,mlp.expert_bias,mlp.experts.down_proj.weight,mlp.experts.gate_proj.weight,mlp.experts.up_proj.weight,mlp.gate.weight,mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight num_experts!:mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    needsTheta: true,
    notNull:
      "num_key_value_heads rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  afm7: {
    once: "model.embedding.weight:V? model.output_norm.weight:?",
    counted: "num_layers",
    notNull: "rms_norm_eps vocab_size",
    kept: true,
  },
  afmoe: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H post_mlp_layernorm.weight:H pre_mlp_layernorm.weight:H self_attn.gate_proj.weight:QH self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.expert_bias:E mlp.experts.down_proj.weight:EHM mlp.experts.gate_proj.weight:EMH mlp.experts.up_proj.weight:EMH mlp.gate_proj.weight:IH mlp.router.gate.weight:EH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.up_proj.weight:IH",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.expert_bias,mlp.experts.down_proj.weight,mlp.experts.gate_proj.weight,mlp.experts.up_proj.weight,mlp.router.gate.weight,mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads",
    dropped: "rotary head",
    kept: true,
    renames: true,
  },
  apertus: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "attention_layernorm.weight:H feedforward_layernorm.weight:H mlp.act_fn.alpha_n: mlp.act_fn.alpha_p: mlp.act_fn.beta: mlp.act_fn.eps: mlp.down_proj.weight:HI mlp.up_proj.weight:IH self_attn.k_norm.weight:d self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_norm.weight:d self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.up_proj.bias:?",
    flags: "mlp_bias:mlp.down_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
    renames: true,
  },
  baichuan_m1: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.W_pack.weight:?H self_attn.conv_k:????? self_attn.conv_v:????? self_attn.o_proj.weight:HH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  bailing_hybrid: {
    once: "model.norm.weight:H model.word_embeddings.weight:VH",
    layer: "attention.dense.weight:H? input_layernorm.weight:H post_attention_layernorm.weight:H",
    prefix: "model.layers.#.",
    some: "attention.dense.bias:? attention.embed_q.weight:??? attention.g_norm.weight:Q attention.g_proj.weight:QH attention.key_layernorm.weight:D attention.kv_a_layernorm.weight:? attention.kv_a_proj_with_mqa.bias:? attention.kv_a_proj_with_mqa.weight:?H attention.q_a_layernorm.weight:? attention.q_a_proj.bias:? attention.q_a_proj.weight:?H attention.q_b_proj.weight:L? attention.q_proj.weight:* attention.query_key_value.bias:? attention.query_key_value.weight:?H attention.query_layernorm.weight:D attention.unembed_out.weight:??? mlp.down_proj.bias:? mlp.down_proj.weight:HI mlp.gate.expert_bias:E mlp.gate.gate_proj.weight:EH mlp.gate_proj.bias:? mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.bias:? mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.bias:? mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.bias:? mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.bias:?? mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.bias:?? mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.bias:?? mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.bias:? mlp.up_proj.weight:IH",
    flags:
      "use_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.shared_experts.down_proj.bias,mlp.shared_experts.gate_proj.bias,mlp.shared_experts.up_proj.bias,mlp.switch_mlp.down_proj.bias,mlp.switch_mlp.gate_proj.bias,mlp.switch_mlp.up_proj.bias,mlp.up_proj.bias use_qkv_bias:attention.kv_a_proj_with_mqa.bias,attention.q_a_proj.bias,attention.query_key_value.bias",
    together:
      "attention.embed_q.weight,attention.kv_a_layernorm.weight,attention.kv_a_proj_with_mqa.weight,attention.unembed_out.weight attention.g_norm.weight,attention.g_proj.weight,attention.query_key_value.weight attention.key_layernorm.weight,attention.query_layernorm.weight attention.q_a_layernorm.weight,attention.q_a_proj.weight,attention.q_b_proj.weight mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.gate_proj.weight,mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "layers layer61 head",
    kept: true,
    renames: true,
  },
  bailing_moe: {
    once: "model.norm.weight:H model.word_embeddings.weight:VH",
    layer:
      "attention.dense.weight:HH attention.query_key_value.weight:fH input_layernorm.weight:H post_attention_layernorm.weight:H",
    prefix: "model.layers.#.",
    some: "attention.dense.bias:? attention.key_layernorm.weight:? attention.query_key_value.bias:? attention.query_layernorm.weight:? mlp.down_proj.bias:? mlp.down_proj.weight:HI mlp.gate.expert_bias:? mlp.gate.gate_proj.weight:EH mlp.gate_proj.bias:? mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.bias:? mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.bias:? mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.bias:? mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.bias:?? mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.bias:?? mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.bias:?? mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.bias:? mlp.up_proj.weight:IH",
    flags:
      "use_bias:attention.dense.bias,mlp.down_proj.bias,mlp.gate_proj.bias,mlp.shared_experts.down_proj.bias,mlp.shared_experts.gate_proj.bias,mlp.shared_experts.up_proj.bias,mlp.switch_mlp.down_proj.bias,mlp.switch_mlp.gate_proj.bias,mlp.switch_mlp.up_proj.bias,mlp.up_proj.bias use_qk_norm:attention.key_layernorm.weight,attention.query_layernorm.weight use_qkv_bias:attention.query_key_value.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.gate_proj.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
    renames: true,
  },
  bailing_moe_linear: {
    once: "model.norm.weight:H model.word_embeddings.weight:VH",
    layer:
      "attention.dense.weight:H? attention.query_key_value.weight:?H input_layernorm.weight:H post_attention_layernorm.weight:H",
    prefix: "model.layers.#.",
    uneven: true,
    some: "attention.dense.bias:? attention.g_norm.weight:H attention.g_proj.weight:HH attention.key_layernorm.weight:? attention.query_key_value.bias:? attention.query_layernorm.weight:? mlp.down_proj.bias:? mlp.down_proj.weight:HI mlp.gate.expert_bias:? mlp.gate.gate_proj.weight:EH mlp.gate_proj.bias:? mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.bias:? mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.bias:? mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.bias:? mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.bias:?? mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.bias:?? mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.bias:?? mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.bias:? mlp.up_proj.weight:IH",
    flags:
      "use_bias:attention.dense.bias,mlp.down_proj.bias,mlp.gate_proj.bias,mlp.shared_experts.down_proj.bias,mlp.shared_experts.gate_proj.bias,mlp.shared_experts.up_proj.bias,mlp.switch_mlp.down_proj.bias,mlp.switch_mlp.gate_proj.bias,mlp.switch_mlp.up_proj.bias,mlp.up_proj.bias use_qk_norm:attention.key_layernorm.weight,attention.query_layernorm.weight use_qkv_bias:attention.query_key_value.bias",
    together:
      "attention.g_norm.weight,attention.g_proj.weight mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.gate_proj.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
    renames: true,
  },
  bailing_moe_v3: {
    once: "model.norm.weight:H model.word_embeddings.weight:VH",
    layer: "attention.g_proj.weight:?H input_layernorm.weight:H post_attention_layernorm.weight:H",
    prefix: "model.layers.#.",
    some: "attention.A_log:? attention.b_proj.weight:?H attention.dense.weight:H? attention.dt_bias:Q attention.embed_q.weight:??? attention.f_proj.weight:QH attention.k_conv1d.weight:Q?? attention.k_proj.weight:QH attention.kv_a_layernorm.weight:? attention.kv_a_proj_with_mqa.weight:?H attention.o_norm.weight:D attention.o_proj.weight:HQ attention.q_a_layernorm.weight:? attention.q_a_proj.weight:?H attention.q_b_proj.weight:L? attention.q_conv1d.weight:Q?? attention.q_proj.weight:QH attention.unembed_out.weight:??? attention.v_conv1d.weight:Q?? attention.v_proj.weight:QH mlp.down_proj.weight:HI mlp.gate.expert_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:H? mlp.shared_experts.gate_proj.weight:?H mlp.shared_experts.up_proj.weight:?H mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH",
    together:
      "attention.A_log,attention.b_proj.weight,attention.dt_bias,attention.f_proj.weight,attention.k_conv1d.weight,attention.k_proj.weight,attention.o_norm.weight,attention.o_proj.weight,attention.q_conv1d.weight,attention.v_conv1d.weight,attention.v_proj.weight attention.dense.weight,attention.embed_q.weight,attention.kv_a_layernorm.weight,attention.kv_a_proj_with_mqa.weight,attention.unembed_out.weight attention.q_a_layernorm.weight,attention.q_a_proj.weight,attention.q_b_proj.weight mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.expert_bias,mlp.gate.weight,mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "layers layer61 head",
    kept: true,
    renames: true,
  },
  cohere: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "input_layernorm.bias:? self_attn.k_norm.weight:?? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_norm.weight:?? self_attn.q_proj.bias:? self_attn.v_proj.bias:? model.norm.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias layer_norm_bias:input_layernorm.bias use_qk_norm:self_attn.k_norm.weight,self_attn.q_norm.weight",
    counted: "num_hidden_layers",
    notNull:
      "num_key_value_heads intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  cohere2: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH self_attn.k_proj.weight:KH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "input_layernorm.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:? model.norm.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias layer_norm_bias:input_layernorm.bias",
    counted: "num_hidden_layers",
    notNull:
      "num_key_value_heads head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  dbrx: {
    once: "lm_head.weight:V? transformer.norm_f.weight:? transformer.wte.weight:V?",
    layer:
      "ffn.experts.0.v1.weight:?? ffn.experts.0.w1.weight:?? ffn.experts.0.w2.weight:?? ffn.experts.1.v1.weight:?? ffn.experts.1.w1.weight:?? ffn.experts.1.w2.weight:?? ffn.router.layer.weight:?? norm_attn_norm.attn.Wqkv.weight:?? norm_attn_norm.attn.out_proj.weight:?? norm_attn_norm.norm_1.weight:? norm_attn_norm.norm_2.weight:?",
    prefix: "transformer.blocks.#.",
    counted: "n_layers",
    notNull: "vocab_size",
    kept: true,
    renames: true,
  },
  deepseek: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  deepseek_v2: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.kv_b_proj.weight:?? self_attn.o_proj.weight:H?",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.bias:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.q_proj.weight:*",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight self_attn.q_a_layernorm.weight,self_attn.q_a_proj.weight,self_attn.q_b_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    notNull:
      "intermediate_size rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  deepseek_v3: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.embed_q.weight:??? self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_proj.weight:H? self_attn.unembed_out.weight:???",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.bias:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.q_proj.weight:*",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight self_attn.q_a_layernorm.weight,self_attn.q_a_proj.weight,self_attn.q_b_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "rotary layer61",
    kept: true,
    renames: true,
    unpacks: "fp8 packed",
  },
  deepseek_v32: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.embed_q.weight:??? self_attn.indexer.k_norm.bias:? self_attn.indexer.k_norm.weight:? self_attn.indexer.weights_proj.weight:?H self_attn.indexer.wk.weight:?H self_attn.indexer.wq_b.weight:?? self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_proj.weight:H? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.unembed_out.weight:???",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_proj.bias:?",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "layers layer61",
    kept: true,
    renames: true,
    unpacks: "fp8",
  },
  deepseek_v41: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "attn_hc.base:? attn_hc.fn:?? attn_hc.scale:? ffn_hc.base:? ffn_hc.fn:?? ffn_hc.scale:? input_layernorm.weight:H mlp.experts.switch_mlp.down_proj.weight:EHM mlp.experts.switch_mlp.gate_proj.weight:EMH mlp.experts.switch_mlp.up_proj.weight:EMH mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH post_attention_layernorm.weight:H self_attn.kv_norm.weight:D self_attn.kv_proj.weight:DH self_attn.o_a_proj.weight:??? self_attn.o_b_proj.weight:H? self_attn.q_a_norm.weight:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:Q? self_attn.sinks:?",
    prefix: "model.layers.#.",
    uneven: true,
    some: "self_attn.compressor.gate_proj.weight:DH self_attn.compressor.kv_norm.weight:D self_attn.compressor.kv_proj.weight:DH self_attn.indexer.k_norm.weight:? self_attn.indexer.k_proj.weight:?D self_attn.indexer.q_b_proj.weight:?? self_attn.indexer.weights_proj.weight:?H",
    together:
      "self_attn.compressor.kv_norm.weight,self_attn.compressor.kv_proj.weight,self_attn.indexer.k_norm.weight,self_attn.indexer.k_proj.weight,self_attn.indexer.q_b_proj.weight,self_attn.indexer.weights_proj.weight",
    counted: "num_hidden_layers",
    notNull:
      "head_dim rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
    unpacks: "fp8",
  },
  dots1: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.down_proj.weight:HI mlp.experts.down_proj.weight:EHM mlp.experts.gate_proj.weight:EMH mlp.experts.up_proj.weight:EMH mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.bias:? mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.bias:? mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.bias:? mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.bias:? mlp.shared_experts.up_proj.weight:MH mlp.up_proj.bias:? mlp.up_proj.weight:IH",
    flags:
      "mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.shared_experts.down_proj.bias,mlp.shared_experts.gate_proj.bias,mlp.shared_experts.up_proj.bias,mlp.up_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.experts.down_proj.weight,mlp.experts.gate_proj.weight,mlp.experts.up_proj.weight,mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "rotary head",
    kept: true,
    renames: true,
  },
  ernie4_5: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "use_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias,self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  ernie4_5_moe: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.gate.weight:?H mlp.switch_mlp.down_proj.weight:?HM mlp.switch_mlp.gate_proj.weight:?MH mlp.switch_mlp.up_proj.weight:?MH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.switch_mlp.down_proj.bias:?? mlp.switch_mlp.gate_proj.bias:?? mlp.switch_mlp.up_proj.bias:?? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "use_bias:mlp.switch_mlp.down_proj.bias,mlp.switch_mlp.gate_proj.bias,mlp.switch_mlp.up_proj.bias,self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    needsTheta: true,
    notNull:
      "num_key_value_heads rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  exaone: {
    once: "transformer.ln_f.weight:H transformer.wte.weight:VH",
    layer:
      "attn.attention.k_proj.weight:KH attn.attention.out_proj.weight:HQ attn.attention.q_proj.weight:QH attn.attention.v_proj.weight:KH ln_1.weight:H ln_2.weight:H mlp.c_fc_0.weight:IH mlp.c_fc_1.weight:IH mlp.c_proj.weight:HI",
    prefix: "transformer.h.#.",
    some: "attn.attention.k_proj.bias:? attn.attention.out_proj.bias:? attn.attention.q_proj.bias:? attn.attention.v_proj.bias:? mlp.c_fc_0.bias:? mlp.c_fc_1.bias:? mlp.c_proj.bias:?",
    flags:
      "attention_bias:attn.attention.k_proj.bias,attn.attention.out_proj.bias,attn.attention.q_proj.bias,attn.attention.v_proj.bias mlp_bias:mlp.c_fc_0.bias,mlp.c_fc_1.bias,mlp.c_proj.bias",
    counted: "num_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull: "num_key_value_heads intermediate_size vocab_size hidden_size num_attention_heads",
    tied: true,
    kept: true,
  },
  exaone4: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  exaone_moe: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "mtp head",
    kept: true,
    renames: true,
  },
  falcon_h1: {
    once: "model.embed_tokens.weight:VH model.final_layernorm.weight:H",
    layer:
      "feed_forward.down_proj.weight:HI feed_forward.gate_proj.weight:IH feed_forward.up_proj.weight:IH input_layernorm.weight:H mamba.A_log:? mamba.D:? mamba.conv1d.weight:??? mamba.dt_bias:? mamba.in_proj.weight:?H mamba.out_proj.weight:H? pre_ff_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "feed_forward.down_proj.bias:? feed_forward.gate_proj.bias:? feed_forward.up_proj.bias:? mamba.conv1d.bias:? mamba.in_proj.bias:? mamba.norm.weight:? mamba.out_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mamba_conv_bias=1:mamba.conv1d.bias mamba_proj_bias:mamba.in_proj.bias mamba_rms_norm:mamba.norm.weight mlp_bias:feed_forward.down_proj.bias,feed_forward.gate_proj.bias,feed_forward.up_proj.bias projectors_bias:mamba.out_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    kept: true,
    renames: true,
  },
  gear: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H pre_feedforward_layernorm.weight:H",
    prefix: "model.layers.#.",
    some: "local_mixer.k_norm.weight:D local_mixer.k_proj.bias:? local_mixer.k_proj.weight:KH local_mixer.key_conv.bias:? local_mixer.key_conv.weight:K?? local_mixer.o_proj.bias:? local_mixer.o_proj.weight:HQ local_mixer.q_norm.weight:D local_mixer.q_proj.bias:? local_mixer.q_proj.weight:QH local_mixer.v_proj.bias:? local_mixer.v_proj.weight:KH local_mixer.value_conv.bias:? local_mixer.value_conv.weight:K?? self_attn.k_norm.weight:D self_attn.k_proj.bias:? self_attn.k_proj.weight:KH self_attn.o_proj.bias:? self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.bias:? self_attn.q_proj.weight:QH self_attn.v_proj.bias:? self_attn.v_proj.weight:KH",
    flags:
      "attention_bias:local_mixer.k_proj.bias,local_mixer.key_conv.bias,local_mixer.o_proj.bias,local_mixer.q_proj.bias,local_mixer.v_proj.bias,local_mixer.value_conv.bias,self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    together:
      "local_mixer.k_norm.weight,local_mixer.k_proj.weight,local_mixer.key_conv.weight,local_mixer.o_proj.weight,local_mixer.q_norm.weight,local_mixer.q_proj.weight,local_mixer.v_proj.weight,local_mixer.value_conv.weight self_attn.k_norm.weight,self_attn.k_proj.weight,self_attn.o_proj.weight,self_attn.q_norm.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "local_mixer self_attn",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    nullHeads: true,
    notNull:
      "head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "rotary head",
    kept: true,
    renames: true,
  },
  gemma: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    notNull:
      "num_key_value_heads head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  gemma2: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H pre_feedforward_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    notNull:
      "num_key_value_heads head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  gemma3_text: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H pre_feedforward_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    optional: "lm_head.weight",
    kept: true,
  },
  gemma4_text: {
    once: "model.embed_tokens.weight:VH model.embed_tokens_per_layer.weight:?? model.norm.weight:H model.per_layer_model_projection.weight:?H model.per_layer_projection_norm.weight:?",
    layer:
      "input_layernorm.weight:H layer_scalar:? mlp.down_proj.weight:H? mlp.gate_proj.weight:?H mlp.up_proj.weight:?H per_layer_input_gate.weight:?H per_layer_projection.weight:H? post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H post_per_layer_input_norm.weight:H pre_feedforward_layernorm.weight:H self_attn.o_proj.weight:HQ|HU self_attn.q_norm.weight:D|g self_attn.q_proj.weight:QH|UH",
    prefix: "model.layers.#.",
    uneven: true,
    some: "experts.switch_glu.down_proj.weight:??? experts.switch_glu.gate_proj.weight:??? experts.switch_glu.up_proj.weight:??? post_feedforward_layernorm_1.weight:? post_feedforward_layernorm_2.weight:? pre_feedforward_layernorm_2.weight:? router.per_expert_scale:? router.proj.weight:?? router.scale:? self_attn.k_norm.weight:D|g self_attn.k_proj.weight:KH|uH self_attn.v_proj.weight:KH|uH",
    flags:
      "enable_moe_block:experts.switch_glu.down_proj.weight,experts.switch_glu.gate_proj.weight,experts.switch_glu.up_proj.weight,post_feedforward_layernorm_1.weight,post_feedforward_layernorm_2.weight,pre_feedforward_layernorm_2.weight,router.per_expert_scale,router.proj.weight,router.scale",
    together: "self_attn.k_norm.weight,self_attn.k_proj.weight",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "rotary",
    kept: true,
    renames: true,
  },
  glm: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_up_proj.weight:GH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "self_attn.k_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags: "attention_bias:self_attn.k_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "rotary head",
    kept: true,
  },
  glm4: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_up_proj.weight:GH post_attention_layernorm.weight:H post_mlp_layernorm.weight:H post_self_attn_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "self_attn.k_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags: "attention_bias:self_attn.k_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  glm4_moe: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.k_norm.weight:? self_attn.k_proj.bias:? self_attn.q_norm.weight:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias use_qk_norm:self_attn.k_norm.weight,self_attn.q_norm.weight",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "layers",
    kept: true,
    renames: true,
  },
  glm4_moe_lite: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.embed_q.weight:??? self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_proj.weight:H? self_attn.unembed_out.weight:???",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.bias:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.q_proj.weight:*",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight self_attn.q_a_layernorm.weight,self_attn.q_a_proj.weight,self_attn.q_b_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "layers layer61",
    kept: true,
    renames: true,
  },
  glm_moe_dsa: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.embed_q.weight:??? self_attn.indexer.k_norm.bias:? self_attn.indexer.k_norm.weight:? self_attn.indexer.weights_proj.weight:?H self_attn.indexer.wk.weight:?H self_attn.indexer.wq_b.weight:?? self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_proj.weight:H? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.unembed_out.weight:???",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_proj.bias:?",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "layers layer61",
    kept: true,
    renames: true,
    unpacks: "fp8",
  },
  gpt2: {
    once: "model.ln_f.bias:? model.ln_f.weight:? model.wpe.weight:?? model.wte.weight:V?",
    layer:
      "attn.c_attn.bias:? attn.c_attn.weight:?? attn.c_proj.bias:? attn.c_proj.weight:?? ln_1.bias:? ln_1.weight:? ln_2.bias:? ln_2.weight:? mlp.c_fc.bias:? mlp.c_fc.weight:?? mlp.c_proj.bias:? mlp.c_proj.weight:??",
    prefix: "model.h.#.",
    counted: "n_layer",
    notNull: "vocab_size",
    kept: true,
    renames: true,
  },
  gpt_bigcode: {
    once: "transformer.ln_f.bias:? transformer.ln_f.weight:? transformer.wpe.weight:?? transformer.wte.weight:V?",
    layer:
      "attn.c_attn.weight:?? attn.c_proj.weight:?? ln_1.bias:? ln_1.weight:? ln_2.bias:? ln_2.weight:? mlp.c_fc.weight:?? mlp.c_proj.weight:??",
    prefix: "transformer.h.#.",
    some: "attn.c_attn.bias:? attn.c_proj.bias:? mlp.c_fc.bias:? mlp.c_proj.bias:?",
    flags:
      "attention_bias=1:attn.c_attn.bias,attn.c_proj.bias mlp_bias=1:mlp.c_fc.bias,mlp.c_proj.bias",
    counted: "n_layer",
    head: "lm_head.weight",
    notNull: "vocab_size",
    tied: true,
    kept: true,
  },
  gpt_neox: {
    once: "model.embed_in.weight:VH model.embed_out.weight:VH model.final_layer_norm.bias:H model.final_layer_norm.weight:H",
    layer:
      "attention.dense.bias:H attention.dense.weight:HH attention.query_key_value.bias:? attention.query_key_value.weight:?H input_layernorm.bias:H input_layernorm.weight:H mlp.dense_4h_to_h.bias:H mlp.dense_4h_to_h.weight:H? mlp.dense_h_to_4h.bias:? mlp.dense_h_to_4h.weight:?H post_attention_layernorm.bias:H post_attention_layernorm.weight:H",
    prefix: "model.h.#.",
    counted: "num_hidden_layers",
    notNull: "vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  gpt_oss: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.experts.down_proj.bias:EH mlp.experts.down_proj.weight:EHI mlp.experts.gate_proj.bias:EI mlp.experts.gate_proj.weight:EIH mlp.experts.up_proj.bias:EI mlp.experts.up_proj.weight:EIH mlp.router.bias:E mlp.router.weight:EH post_attention_layernorm.weight:H self_attn.k_proj.bias:K self_attn.k_proj.weight:KH self_attn.o_proj.bias:H self_attn.o_proj.weight:HQ self_attn.q_proj.bias:Q self_attn.q_proj.weight:QH self_attn.sinks:? self_attn.v_proj.bias:K self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  gptj: {
    once: "lm_head.bias:V lm_head.weight:V? model.ln_f.bias:? model.ln_f.weight:? model.wte.weight:V?",
    layer:
      "attn.k_proj.weight:?? attn.out_proj.weight:?? attn.q_proj.weight:?? attn.v_proj.weight:?? ln_1.bias:? ln_1.weight:? mlp.fc_in.bias:? mlp.fc_in.weight:?? mlp.fc_out.bias:? mlp.fc_out.weight:??",
    prefix: "model.h.#.",
    counted: "n_layer",
    notNull: "vocab_size",
    kept: true,
    renames: true,
  },
  granite: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "head",
    kept: true,
  },
  granitemoe: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "block_sparse_moe.router.layer.weight:EH block_sparse_moe.switch_mlp.down_proj.weight:EHI block_sparse_moe.switch_mlp.gate_proj.weight:EIH block_sparse_moe.switch_mlp.up_proj.weight:EIH input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    kept: true,
    renames: true,
  },
  granitemoehybrid: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer: "input_layernorm.weight:H post_attention_layernorm.weight:H",
    prefix: "model.layers.#.",
    some: "block_sparse_moe.router.layer.weight:EH block_sparse_moe.switch_mlp.down_proj.weight:EHI block_sparse_moe.switch_mlp.gate_proj.weight:EIH block_sparse_moe.switch_mlp.up_proj.weight:EIH mamba.A_log:? mamba.D:? mamba.conv1d.bias:? mamba.conv1d.weight:??? mamba.dt_bias:? mamba.in_proj.bias:? mamba.in_proj.weight:?H mamba.norm.weight:? mamba.out_proj.bias:? mamba.out_proj.weight:H? mlp.down_proj.weight:* mlp.gate_proj.weight:* mlp.up_proj.weight:* self_attn.k_proj.bias:? self_attn.k_proj.weight:kH self_attn.o_proj.bias:? self_attn.o_proj.weight:HH self_attn.q_proj.bias:? self_attn.q_proj.weight:HH self_attn.v_proj.bias:? self_attn.v_proj.weight:kH shared_mlp.input_linear.weight:?H shared_mlp.output_linear.weight:H?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mamba_conv_bias:mamba.conv1d.bias mamba_proj_bias:mamba.in_proj.bias,mamba.out_proj.bias num_local_experts:block_sparse_moe.router.layer.weight,block_sparse_moe.switch_mlp.down_proj.weight,block_sparse_moe.switch_mlp.gate_proj.weight,block_sparse_moe.switch_mlp.up_proj.weight,shared_mlp.input_linear.weight,shared_mlp.output_linear.weight num_local_experts!:mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight",
    together:
      "mamba.A_log,mamba.D,mamba.conv1d.weight,mamba.dt_bias,mamba.in_proj.weight,mamba.norm.weight,mamba.out_proj.weight self_attn.k_proj.weight,self_attn.o_proj.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds:
      "block_sparse_moe+mamba+shared_mlp block_sparse_moe+self_attn+shared_mlp mamba+mlp mlp+self_attn",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads",
    tied: true,
    dropped: "head",
    kept: true,
    renames: true,
  },
  helium: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  hunyuan: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.gate.wg.weight:EH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH post_attention_layernorm.weight:H self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH",
    prefix: "model.layers.#.",
    uneven: true,
    some: "mlp.shared_mlp.down_proj.weight:HI mlp.shared_mlp.gate_proj.weight:IH mlp.shared_mlp.up_proj.weight:IH self_attn.k_proj.bias:? self_attn.k_proj.weight:kH self_attn.key_layernorm.weight:d self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.query_layernorm.weight:d self_attn.v_proj.bias:? self_attn.v_proj.weight:kH",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias use_mixed_mlp_moe:mlp.shared_mlp.down_proj.weight,mlp.shared_mlp.gate_proj.weight,mlp.shared_mlp.up_proj.weight use_qk_norm:self_attn.key_layernorm.weight,self_attn.query_layernorm.weight",
    together: "self_attn.k_proj.weight,self_attn.v_proj.weight",
    counted: "num_hidden_layers",
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  hunyuan_v1_dense: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "self_attn.k_proj.bias:? self_attn.key_layernorm.weight:D self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.query_layernorm.weight:D self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias use_qk_norm=1:self_attn.key_layernorm.weight,self_attn.query_layernorm.weight",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads intermediate_size rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
  },
  internlm2: {
    once: "model.norm.weight:H model.tok_embeddings.weight:VH",
    layer:
      "attention.wo.weight:HH attention.wqkv.weight:fH attention_norm.weight:H feed_forward.w1.weight:IH feed_forward.w2.weight:HI feed_forward.w3.weight:IH ffn_norm.weight:H",
    prefix: "model.layers.#.",
    some: "attention.wo.bias:? attention.wqkv.bias:?",
    flags: "bias=1:attention.wo.bias,attention.wqkv.bias",
    counted: "num_hidden_layers",
    head: "output.weight",
    strictRope: true,
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  internlm3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias qkv_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  iquestloopcoder: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  jamba: {
    once: "model.embed_tokens.weight:VH model.final_layernorm.weight:H",
    layer: "input_layernorm.weight:H pre_ff_layernorm.weight:H",
    prefix: "model.layers.#.",
    some: "feed_forward.down_proj.weight:HI feed_forward.gate_proj.weight:IH feed_forward.router.weight:EH feed_forward.switch_mlp.down_proj.weight:EHI feed_forward.switch_mlp.gate_proj.weight:EIH feed_forward.switch_mlp.up_proj.weight:EIH feed_forward.up_proj.weight:IH mamba.A_log:?? mamba.D:? mamba.b_layernorm.weight:? mamba.c_layernorm.weight:? mamba.conv1d.bias:? mamba.conv1d.weight:??? mamba.dt_layernorm.weight:? mamba.dt_proj.bias:? mamba.dt_proj.weight:?? mamba.in_proj.bias:? mamba.in_proj.weight:?H mamba.out_proj.bias:? mamba.out_proj.weight:H? mamba.x_proj.weight:?? self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    flags:
      "mamba_conv_bias=1:mamba.conv1d.bias mamba_proj_bias:mamba.in_proj.bias,mamba.out_proj.bias",
    together:
      "feed_forward.down_proj.weight,feed_forward.gate_proj.weight,feed_forward.up_proj.weight feed_forward.router.weight,feed_forward.switch_mlp.down_proj.weight,feed_forward.switch_mlp.gate_proj.weight,feed_forward.switch_mlp.up_proj.weight mamba.A_log,mamba.D,mamba.b_layernorm.weight,mamba.c_layernorm.weight,mamba.conv1d.weight,mamba.dt_layernorm.weight,mamba.dt_proj.bias,mamba.dt_proj.weight,mamba.in_proj.weight,mamba.out_proj.weight,mamba.x_proj.weight self_attn.k_proj.weight,self_attn.o_proj.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "feed_forward+mamba feed_forward+self_attn",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "head",
    kept: true,
    renames: true,
  },
  kimi_linear: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.o_proj.weight:H? self_attn.q_proj.weight:?H",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.A_log:???? self_attn.b_proj.weight:?H self_attn.dt_bias:? self_attn.embed_q.weight:??? self_attn.f_a_proj.weight:?H self_attn.f_b_proj.weight:?? self_attn.g_a_proj.weight:?H self_attn.g_b_proj.weight:?? self_attn.k_conv.conv.weight:??? self_attn.k_proj.weight:?H self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_norm.weight:? self_attn.q_conv.conv.weight:??? self_attn.unembed_out.weight:??? self_attn.v_conv.conv.weight:??? self_attn.v_proj.weight:?H",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight self_attn.A_log,self_attn.b_proj.weight,self_attn.dt_bias,self_attn.f_a_proj.weight,self_attn.f_b_proj.weight,self_attn.g_a_proj.weight,self_attn.g_b_proj.weight,self_attn.k_conv.conv.weight,self_attn.k_proj.weight,self_attn.o_norm.weight,self_attn.q_conv.conv.weight,self_attn.v_conv.conv.weight,self_attn.v_proj.weight self_attn.embed_q.weight,self_attn.kv_a_layernorm.weight,self_attn.kv_a_proj_with_mqa.weight,self_attn.unembed_out.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    needsTheta: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "model.mtp head",
    kept: true,
    renames: true,
  },
  laguna: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:H? self_attn.q_norm.weight:D self_attn.q_proj.weight:?H self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.proj.weight:EH mlp.gate_proj.weight:IH mlp.shared_expert.down_proj.weight:H? mlp.shared_expert.gate_proj.weight:?H mlp.shared_expert.up_proj.weight:?H mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.g_proj.weight:?H self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.o_proj.bias gating=1:self_attn.g_proj.weight qkv_bias:self_attn.k_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.proj.weight,mlp.shared_expert.down_proj.weight,mlp.shared_expert.gate_proj.weight,mlp.shared_expert.up_proj.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight",
    kinds: "mlp",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_hidden_layers",
    dropped: "head",
    kept: true,
    renames: true,
  },
  lfm2: {
    once: "model.embed_tokens.weight:VH model.embedding_norm.weight:H",
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
  lfm2_moe: {
    once: "model.embed_tokens.weight:VH model.embedding_norm.weight:H",
    layer: "ffn_norm.weight:H operator_norm.weight:H",
    prefix: "model.layers.#.",
    some: "conv.conv.bias:? conv.conv.weight:H?? conv.in_proj.bias:? conv.in_proj.weight:?H conv.out_proj.bias:? conv.out_proj.weight:HH feed_forward.down_proj.weight:HI feed_forward.expert_bias:E feed_forward.gate.weight:EH feed_forward.gate_proj.weight:IH feed_forward.switch_mlp.down_proj.weight:EHM feed_forward.switch_mlp.gate_proj.weight:EMH feed_forward.switch_mlp.up_proj.weight:EMH feed_forward.up_proj.weight:IH self_attn.k_layernorm.weight:d self_attn.k_proj.weight:kH self_attn.out_proj.weight:HH self_attn.q_layernorm.weight:d self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    flags: "conv_bias:conv.conv.bias,conv.in_proj.bias,conv.out_proj.bias",
    together:
      "conv.conv.weight,conv.in_proj.weight,conv.out_proj.weight feed_forward.down_proj.weight,feed_forward.gate_proj.weight,feed_forward.up_proj.weight feed_forward.gate.weight,feed_forward.switch_mlp.down_proj.weight,feed_forward.switch_mlp.gate_proj.weight,feed_forward.switch_mlp.up_proj.weight self_attn.k_layernorm.weight,self_attn.k_proj.weight,self_attn.out_proj.weight,self_attn.q_layernorm.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "conv+feed_forward feed_forward+self_attn",
    counted: "num_hidden_layers",
    notNull:
      "num_key_value_heads intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  "lille-130m": {
    once: "transformer.norm.weight:? transformer.tok_embeddings.weight:V?",
    layer:
      "attention.norm.weight:? attention.out_proj.weight:?? attention.qkv_proj.weight:?? feed_forward.down_proj.weight:?? feed_forward.gate_proj.weight:?? feed_forward.norm.weight:? feed_forward.up_proj.weight:??",
    prefix: "transformer.layers.#.",
    counted: "n_layer",
    needsTheta: true,
    notNull: "vocab_size",
    dropped: "rotary",
    kept: true,
  },
  llama: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    nullHeads: true,
    notNull: "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads",
    tied: true,
    dropped: "rotary head",
    kept: true,
  },
  llama4_text: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "feed_forward.down_proj.weight:H? feed_forward.gate_proj.weight:?H feed_forward.up_proj.weight:?H input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    head: "output.weight",
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  longcat_flash: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.0.weight:H input_layernorm.1.weight:H mlp.router.classifier.weight:?H mlp.router.e_score_correction_bias:? mlp.switch_mlp.down_proj.weight:EH? mlp.switch_mlp.gate_proj.weight:E?H mlp.switch_mlp.up_proj.weight:E?H mlps.0.down_proj.weight:H? mlps.0.gate_proj.weight:?H mlps.0.up_proj.weight:?H mlps.1.down_proj.weight:H? mlps.1.gate_proj.weight:?H mlps.1.up_proj.weight:?H post_attention_layernorm.0.weight:H post_attention_layernorm.1.weight:H self_attn.0.embed_q.weight:??? self_attn.0.kv_a_layernorm.weight:? self_attn.0.kv_a_proj_with_mqa.weight:?H self_attn.0.o_proj.weight:H? self_attn.0.q_a_layernorm.weight:? self_attn.0.q_a_proj.weight:?H self_attn.0.q_b_proj.weight:L? self_attn.0.unembed_out.weight:??? self_attn.1.embed_q.weight:??? self_attn.1.kv_a_layernorm.weight:? self_attn.1.kv_a_proj_with_mqa.weight:?H self_attn.1.o_proj.weight:H? self_attn.1.q_a_layernorm.weight:? self_attn.1.q_a_proj.weight:?H self_attn.1.q_b_proj.weight:L? self_attn.1.unembed_out.weight:???",
    prefix: "model.layers.#.",
    some: "mlp.router.classifier.bias:? self_attn.0.kv_a_proj_with_mqa.bias:? self_attn.0.o_proj.bias:? self_attn.0.q_a_proj.bias:? self_attn.1.kv_a_proj_with_mqa.bias:? self_attn.1.o_proj.bias:? self_attn.1.q_a_proj.bias:?",
    flags:
      "attention_bias:self_attn.0.kv_a_proj_with_mqa.bias,self_attn.0.o_proj.bias,self_attn.0.q_a_proj.bias,self_attn.1.kv_a_proj_with_mqa.bias,self_attn.1.o_proj.bias,self_attn.1.q_a_proj.bias router_bias:mlp.router.classifier.bias",
    counted: "num_layers",
    strictRope: true,
    needsTheta: true,
    notNull: "rms_norm_eps vocab_size hidden_size num_attention_heads",
    dropped: "model.mtp",
    kept: true,
    renames: true,
  },
  longcat_flash_ngram: {
    once: "lm_head.weight:VH model.ngram_embeddings.word_embeddings.weight:VH model.norm.weight:H",
    counted: "num_layers",
    strictRope: true,
    needsTheta: true,
    notNull: "rms_norm_eps vocab_size hidden_size num_attention_heads",
    dropped: "model.mtp",
    kept: true,
    renames: true,
  },
  mamba: {
    once: "backbone.embeddings.weight:VH backbone.norm_f.weight:H",
    layer:
      "mixer.A_log:I? mixer.D:I mixer.conv1d.weight:I?? mixer.dt_proj.bias:I mixer.dt_proj.weight:I? mixer.in_proj.weight:GH mixer.out_proj.weight:HI mixer.x_proj.weight:?I norm.weight:H",
    prefix: "backbone.layers.#.",
    some: "mixer.conv1d.bias:I mixer.in_proj.bias:? mixer.out_proj.bias:?",
    flags: "use_bias:mixer.in_proj.bias,mixer.out_proj.bias use_conv_bias:mixer.conv1d.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull: "intermediate_size vocab_size hidden_size num_hidden_layers",
    tied: true,
    kept: true,
    renames: true,
  },
  mamba2: {
    once: "backbone.embeddings.weight:VH backbone.norm_f.weight:H",
    layer:
      "mixer.A_log:? mixer.D:? mixer.conv1d.weight:??? mixer.dt_bias:? mixer.in_proj.weight:?H mixer.norm.weight:? mixer.out_proj.weight:H? norm.weight:H",
    prefix: "backbone.layers.#.",
    some: "mixer.conv1d.bias:? mixer.in_proj.bias:? mixer.out_proj.bias:?",
    flags: "use_bias:mixer.in_proj.bias,mixer.out_proj.bias use_conv_bias:mixer.conv1d.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull: "head_dim vocab_size hidden_size num_hidden_layers",
    kept: true,
    renames: true,
  },
  mellum: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.gate.weight:EH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads head_dim rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
    renames: true,
  },
  mimo: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.bias:k self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.bias:H self_attn.q_proj.weight:HH self_attn.v_proj.bias:k self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "rotary head",
    kept: true,
  },
  mimo_v2_flash: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:?H self_attn.o_proj.weight:H? self_attn.q_proj.weight:?H self_attn.v_proj.weight:?H",
    prefix: "model.layers.#.",
    uneven: true,
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.attention_sink_bias:?",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "model.mtp",
    kept: true,
    renames: true,
    unpacks: "fp8",
  },
  minicpm: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    renames: true,
  },
  minicpm3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.kv_b_proj.weight:?? self_attn.o_proj.weight:HH self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L?",
    prefix: "model.layers.#.",
    some: "self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_proj.bias:?",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "intermediate_size rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  minimax: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "block_sparse_moe.e_score_correction_bias:E block_sparse_moe.gate.weight:EH block_sparse_moe.switch_mlp.down_proj.weight:EHI block_sparse_moe.switch_mlp.gate_proj.weight:EIH block_sparse_moe.switch_mlp.up_proj.weight:EIH input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "self_attn.k_norm.weight:K self_attn.q_norm.weight:Q",
    flags: "use_qk_norm=1:self_attn.k_norm.weight,self_attn.q_norm.weight",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
    unpacks: "fp8",
  },
  ministral3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    nullHeads: true,
    notNull: "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads",
    tied: true,
    dropped: "rotary head",
    kept: true,
    renames: true,
    unpacks: "fp8",
  },
  mistral4: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.embed_q.weight:??? self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_proj.weight:H? self_attn.unembed_out.weight:???",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.bias:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.q_proj.weight:*",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight self_attn.q_a_layernorm.weight,self_attn.q_a_proj.weight,self_attn.q_b_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "rotary",
    kept: true,
    renames: true,
    unpacks: "fp8 packed",
  },
  mixtral: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "block_sparse_moe.gate.weight:EH block_sparse_moe.switch_mlp.down_proj.weight:EHI block_sparse_moe.switch_mlp.gate_proj.weight:EIH block_sparse_moe.switch_mlp.up_proj.weight:EIH input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
    renames: true,
  },
  muse_glimmer: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H pre_feedforward_layernorm.weight:H self_attn.gate_proj.weight:QH self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower",
    kept: true,
  },
  nanbeige: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "rotary",
    kept: true,
  },
  nanochat: {
    once: "lm_head.weight:VH transformer.wte.weight:VH",
    layer:
      "attn.c_k.weight:kH attn.c_proj.weight:HH attn.c_q.weight:HH attn.c_v.weight:kH mlp.c_fc.weight:IH mlp.c_proj.weight:HI",
    prefix: "transformer.h.#.",
    counted: "num_hidden_layers",
    notNull:
      "num_key_value_heads intermediate_size rope_theta vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  nemotron: {
    once: "model.embed_tokens.weight:VH model.norm.bias:H model.norm.weight:H",
    layer:
      "input_layernorm.bias:H input_layernorm.weight:H mlp.down_proj.weight:HI mlp.up_proj.weight:IH post_attention_layernorm.bias:H post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  "nemotron-nas": {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    prefix: "model.layers.#.",
    uneven: true,
    some: "input_layernorm.weight:H mlp.down_proj.bias:? mlp.down_proj.weight:H? mlp.gate_proj.bias:? mlp.gate_proj.weight:?H mlp.up_proj.bias:? mlp.up_proj.weight:?H post_attention_layernorm.weight:H self_attn.k_proj.bias:? self_attn.k_proj.weight:?H self_attn.linear.bias:? self_attn.linear.weight:HH self_attn.o_proj.bias:? self_attn.o_proj.weight:HH self_attn.q_proj.bias:? self_attn.q_proj.weight:HH self_attn.v_proj.bias:? self_attn.v_proj.weight:?H",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.linear.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight self_attn.k_proj.weight,self_attn.o_proj.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "input_layernorm+self_attn mlp+post_attention_layernorm",
    head: "lm_head.weight",
    notNull: "rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
  },
  nemotron_h: {
    once: "backbone.embeddings.weight:VH backbone.norm_f.weight:H lm_head.weight:VH",
    layer: "norm.weight:H",
    prefix: "backbone.layers.#.",
    some: "mixer.A_log:? mixer.D:? mixer.conv1d.bias:? mixer.conv1d.weight:??? mixer.down_proj.bias:? mixer.down_proj.weight:HI mixer.dt_bias:? mixer.gate.e_score_correction_bias:E mixer.gate.weight:EH mixer.in_proj.bias:? mixer.in_proj.weight:?H mixer.k_proj.bias:? mixer.k_proj.weight:KH mixer.norm.weight:? mixer.o_proj.bias:? mixer.o_proj.weight:HQ mixer.out_proj.bias:? mixer.out_proj.weight:H? mixer.q_proj.bias:? mixer.q_proj.weight:QH mixer.shared_experts.down_proj.bias:? mixer.shared_experts.down_proj.weight:H? mixer.shared_experts.up_proj.bias:? mixer.shared_experts.up_proj.weight:?H mixer.switch_mlp.fc1.weight:EMH mixer.switch_mlp.fc2.weight:EHM mixer.up_proj.bias:? mixer.up_proj.weight:IH mixer.v_proj.bias:? mixer.v_proj.weight:KH",
    flags:
      "attention_bias:mixer.k_proj.bias,mixer.o_proj.bias,mixer.q_proj.bias,mixer.v_proj.bias mamba_proj_bias:mixer.in_proj.bias,mixer.out_proj.bias mlp_bias:mixer.down_proj.bias,mixer.shared_experts.down_proj.bias,mixer.shared_experts.up_proj.bias,mixer.up_proj.bias use_conv_bias:mixer.conv1d.bias",
    together:
      "mixer.A_log,mixer.D,mixer.conv1d.weight,mixer.dt_bias,mixer.in_proj.weight,mixer.norm.weight,mixer.out_proj.weight mixer.down_proj.weight,mixer.up_proj.weight mixer.gate.e_score_correction_bias,mixer.gate.weight,mixer.switch_mlp.fc1.weight,mixer.switch_mlp.fc2.weight mixer.k_proj.weight,mixer.o_proj.weight,mixer.q_proj.weight,mixer.v_proj.weight mixer.shared_experts.down_proj.weight,mixer.shared_experts.up_proj.weight",
    kinds: "mixer",
    notNull: "num_key_value_heads intermediate_size vocab_size hidden_size num_attention_heads",
    dropped: "mtp",
    kept: true,
    renames: true,
  },
  olmo2: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H self_attn.k_norm.weight:K self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:Q self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "rotary",
    kept: true,
  },
  olmo3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H self_attn.k_norm.weight:K self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:Q self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    nullHeads: true,
    needsTheta: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  olmo_hybrid: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H",
    prefix: "model.layers.#.",
    some: "input_layernorm.weight:H linear_attn.A_log:? linear_attn.a_proj.weight:?H linear_attn.b_proj.weight:?H linear_attn.dt_bias:? linear_attn.g_proj.weight:?H linear_attn.k_conv1d.weight:??? linear_attn.k_proj.weight:?H linear_attn.o_norm.weight:? linear_attn.o_proj.weight:H? linear_attn.q_conv1d.weight:??? linear_attn.q_proj.weight:?H linear_attn.v_conv1d.weight:??? linear_attn.v_proj.weight:?H post_feedforward_layernorm.weight:H self_attn.k_norm.weight:K self_attn.k_proj.bias:? self_attn.k_proj.weight:KH self_attn.o_proj.bias:? self_attn.o_proj.weight:HQ self_attn.q_norm.weight:Q self_attn.q_proj.bias:? self_attn.q_proj.weight:QH self_attn.v_proj.bias:? self_attn.v_proj.weight:KH",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    together:
      "linear_attn.A_log,linear_attn.a_proj.weight,linear_attn.b_proj.weight,linear_attn.dt_bias,linear_attn.g_proj.weight,linear_attn.k_conv1d.weight,linear_attn.k_proj.weight,linear_attn.o_norm.weight,linear_attn.o_proj.weight,linear_attn.q_conv1d.weight,linear_attn.q_proj.weight,linear_attn.v_conv1d.weight,linear_attn.v_proj.weight self_attn.k_norm.weight,self_attn.k_proj.weight,self_attn.o_proj.weight,self_attn.q_norm.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "input_layernorm+linear_attn post_feedforward_layernorm+self_attn",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
    renames: true,
  },
  olmoe: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.gate.weight:EH mlp.switch_mlp.down_proj.weight:EHI mlp.switch_mlp.gate_proj.weight:EIH mlp.switch_mlp.up_proj.weight:EIH post_attention_layernorm.weight:H self_attn.k_norm.weight:K self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:Q self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.switch_mlp.down_proj.bias:?? mlp.switch_mlp.gate_proj.bias:?? mlp.switch_mlp.up_proj.bias:?? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.switch_mlp.down_proj.bias,mlp.switch_mlp.gate_proj.bias,mlp.switch_mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    kept: true,
    renames: true,
  },
  openelm: {
    once: "transformer.norm.weight:? transformer.token_embeddings.weight:V?",
    layer:
      "attn.out_proj.weight:?? attn.qkv_proj.weight:?? attn_norm.weight:? ffn.proj_1.weight:?? ffn.proj_2.weight:?? ffn_norm.weight:?",
    prefix: "transformer.layers.#.",
    some: "attn.k_norm.weight:D attn.q_norm.weight:D lm_head.weight:??",
    flags: "normalize_qk_projections=1:attn.k_norm.weight,attn.q_norm.weight",
    notNull: "head_dim rms_norm_eps vocab_size",
    kept: true,
  },
  phi: {
    once: "lm_head.bias:V lm_head.weight:VH model.embed_tokens.weight:VH model.final_layernorm.bias:H model.final_layernorm.weight:H",
    layer:
      "input_layernorm.bias:H input_layernorm.weight:H mlp.fc1.bias:I mlp.fc1.weight:IH mlp.fc2.bias:H mlp.fc2.weight:HI self_attn.dense.bias:H self_attn.dense.weight:HH self_attn.k_proj.bias:k self_attn.k_proj.weight:kH self_attn.q_proj.bias:H self_attn.q_proj.weight:HH self_attn.v_proj.bias:k self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    nullHeads: true,
    notNull: "intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  phi3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_up_proj.weight:GH post_attention_layernorm.weight:H self_attn.o_proj.weight:HH self_attn.qkv_proj.weight:fH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  phimoe: {
    once: "lm_head.bias:V lm_head.weight:VH model.embed_tokens.weight:VH model.norm.bias:H model.norm.weight:H",
    layer:
      "block_sparse_moe.gate.weight:EH block_sparse_moe.switch_mlp.down_proj.weight:EHI block_sparse_moe.switch_mlp.gate_proj.weight:EIH block_sparse_moe.switch_mlp.up_proj.weight:EIH input_layernorm.bias:H input_layernorm.weight:H post_attention_layernorm.bias:H post_attention_layernorm.weight:H self_attn.k_proj.bias:k self_attn.k_proj.weight:kH self_attn.o_proj.bias:H self_attn.o_proj.weight:HH self_attn.q_proj.bias:H self_attn.q_proj.weight:HH self_attn.v_proj.bias:k self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    notNull:
      "num_key_value_heads intermediate_size rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  phixtral: {
    once: "lm_head.linear.bias:? lm_head.linear.weight:?? lm_head.ln.bias:? lm_head.ln.weight:? transformer.embd.wte.weight:??",
    layer:
      "ln.bias:? ln.weight:? mixer.Wqkv.bias:? mixer.Wqkv.weight:?? mixer.out_proj.bias:? mixer.out_proj.weight:?? moe.gate.weight:E? moe.switch_mlp.fc1.bias:E? moe.switch_mlp.fc1.weight:E?? moe.switch_mlp.fc2.bias:E? moe.switch_mlp.fc2.weight:E??",
    prefix: "transformer.h.#.",
    counted: "num_layers",
    kept: true,
    renames: true,
  },
  plamo: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH norm.weight:H self_attn.k_proj.weight:?H self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:?H",
    prefix: "model.layers.layers.#.",
    counted: "num_hidden_layers",
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  plamo2: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "mlp.down_proj.weight:HI mlp.gate_up_proj.weight:GH post_mixer_norm.weight:H post_mlp_norm.weight:H pre_mixer_norm.weight:H pre_mlp_norm.weight:H",
    prefix: "model.layers.layers.#.",
    some: "mixer.A_log:? mixer.B_norm_weight:? mixer.C_norm_weight:? mixer.D:? mixer.bcdt_proj.weight:?? mixer.conv1d.weight:??? mixer.dt_bias:? mixer.dt_norm_weight:? mixer.dt_proj.weight:?? mixer.in_proj.weight:?H mixer.k_weight:?? mixer.o_proj.weight:H? mixer.out_proj.weight:H? mixer.q_weight:?? mixer.qkv_proj.weight:?H",
    together:
      "mixer.A_log,mixer.B_norm_weight,mixer.C_norm_weight,mixer.D,mixer.bcdt_proj.weight,mixer.conv1d.weight,mixer.dt_bias,mixer.dt_norm_weight,mixer.dt_proj.weight,mixer.in_proj.weight,mixer.out_proj.weight mixer.k_weight,mixer.o_proj.weight,mixer.q_weight,mixer.qkv_proj.weight",
    kinds: "mixer",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    kept: true,
    renames: true,
  },
  plamo3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "mixer.k_norm.weight:D mixer.o_proj.weight:HQ mixer.q_norm.weight:D mixer.qkv_proj.weight:FH mlp.down_proj.weight:HI mlp.gate_up_proj.weight:GH post_mixer_norm.weight:H post_mlp_norm.weight:H pre_mixer_norm.weight:H pre_mlp_norm.weight:H",
    prefix: "model.layers.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "head",
    kept: true,
  },
  qwen: {
    once: "lm_head.weight:VH transformer.ln_f.weight:H transformer.wte.weight:VH",
    layer:
      "attn.c_attn.bias:? attn.c_attn.weight:?H attn.c_proj.weight:?H ln_1.weight:H ln_2.weight:H mlp.c_proj.weight:H? mlp.w1.weight:?H mlp.w2.weight:?H",
    prefix: "transformer.h.#.",
    some: "attn.c_proj.bias:? mlp.c_proj.bias:? mlp.w1.bias:? mlp.w2.bias:? lm_head.bias:?",
    flags: "no_bias!=1:attn.c_proj.bias,mlp.c_proj.bias,mlp.w1.bias,mlp.w2.bias",
    counted: "num_hidden_layers",
    notNull: "intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  qwen2: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.bias:k self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.bias:H self_attn.q_proj.weight:HH self_attn.v_proj.bias:k self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "rotary head",
    kept: true,
  },
  qwen2_moe: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.gate.weight:EH mlp.shared_expert.down_proj.weight:H? mlp.shared_expert.gate_proj.weight:?H mlp.shared_expert.up_proj.weight:?H mlp.shared_expert_gate.weight:?H mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH post_attention_layernorm.weight:H self_attn.k_proj.bias:k self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.bias:H self_attn.q_proj.weight:HH self_attn.v_proj.bias:k self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    strictRope: true,
    nullHeads: true,
    notNull: "rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  qwen2_vl: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.bias:k self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.bias:H self_attn.q_proj.weight:HH self_attn.v_proj.bias:k self_attn.v_proj.weight:kH",
    prefix: "language_model.model.layers.#.",
    counted: "num_hidden_layers",
    head: "language_model.lm_head.weight",
    roots: "bare inner",
    strictRope: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "vision_tower visual",
    kept: true,
    renames: true,
  },
  qwen3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
  },
  qwen3_5: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer: "input_layernorm.weight:H post_attention_layernorm.weight:H",
    prefix: "language_model.model.layers.#.",
    some: "linear_attn.A_log:? linear_attn.conv1d.weight:??? linear_attn.dt_bias:? linear_attn.in_proj_a.weight:?H linear_attn.in_proj_b.weight:?H linear_attn.in_proj_qkv.weight:?H linear_attn.in_proj_z.weight:?H linear_attn.norm.weight:? linear_attn.out_proj.weight:H? mlp.down_proj.weight:* mlp.gate.weight:EH mlp.gate_proj.weight:* mlp.shared_expert.down_proj.weight:H? mlp.shared_expert.gate_proj.weight:?H mlp.shared_expert.up_proj.weight:?H mlp.shared_expert_gate.weight:?H mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:* self_attn.k_norm.weight:D self_attn.k_proj.bias:? self_attn.k_proj.weight:KH self_attn.o_proj.bias:? self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.bias:? self_attn.q_proj.weight:PH self_attn.v_proj.bias:? self_attn.v_proj.weight:KH",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias num_experts:mlp.gate.weight,mlp.shared_expert.down_proj.weight,mlp.shared_expert.gate_proj.weight,mlp.shared_expert.up_proj.weight,mlp.shared_expert_gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight num_experts!:mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight",
    together:
      "linear_attn.A_log,linear_attn.conv1d.weight,linear_attn.dt_bias,linear_attn.in_proj_a.weight,linear_attn.in_proj_b.weight,linear_attn.in_proj_qkv.weight,linear_attn.in_proj_z.weight,linear_attn.norm.weight,linear_attn.out_proj.weight self_attn.k_norm.weight,self_attn.k_proj.weight,self_attn.o_proj.weight,self_attn.q_norm.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "linear_attn+mlp mlp+self_attn",
    counted: "num_hidden_layers",
    head: "language_model.lm_head.weight",
    roots: "bare inner",
    notNull:
      "num_key_value_heads rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower mtp model.visual model.mtp language_model.mtp",
    kept: true,
    renames: true,
  },
  qwen3_5_moe: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer: "input_layernorm.weight:H post_attention_layernorm.weight:H",
    prefix: "language_model.model.layers.#.",
    some: "linear_attn.A_log:? linear_attn.conv1d.weight:??? linear_attn.dt_bias:? linear_attn.in_proj_a.weight:?H linear_attn.in_proj_b.weight:?H linear_attn.in_proj_qkv.weight:?H linear_attn.in_proj_z.weight:?H linear_attn.norm.weight:? linear_attn.out_proj.weight:H? mlp.down_proj.weight:* mlp.gate.weight:EH mlp.gate_proj.weight:* mlp.shared_expert.down_proj.weight:H? mlp.shared_expert.gate_proj.weight:?H mlp.shared_expert.up_proj.weight:?H mlp.shared_expert_gate.weight:?H mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:* self_attn.k_norm.weight:D self_attn.k_proj.bias:? self_attn.k_proj.weight:KH self_attn.o_proj.bias:? self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.bias:? self_attn.q_proj.weight:PH self_attn.v_proj.bias:? self_attn.v_proj.weight:KH",
    together:
      "linear_attn.A_log,linear_attn.conv1d.weight,linear_attn.dt_bias,linear_attn.in_proj_a.weight,linear_attn.in_proj_b.weight,linear_attn.in_proj_qkv.weight,linear_attn.in_proj_z.weight,linear_attn.norm.weight,linear_attn.out_proj.weight mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.weight,mlp.shared_expert.down_proj.weight,mlp.shared_expert.gate_proj.weight,mlp.shared_expert.up_proj.weight,mlp.shared_expert_gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight self_attn.k_norm.weight,self_attn.k_proj.weight,self_attn.o_proj.weight,self_attn.q_norm.weight,self_attn.q_proj.weight,self_attn.v_proj.weight self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    kinds: "linear_attn+mlp mlp+self_attn",
    counted: "num_hidden_layers",
    head: "language_model.lm_head.weight",
    roots: "bare inner",
    notNull:
      "num_key_value_heads rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower mtp model.visual model.mtp language_model.mtp",
    kept: true,
    renames: true,
  },
  qwen3_moe: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:* mlp.gate.weight:EH mlp.gate_proj.weight:* mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:*",
    flags:
      "num_experts:mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight num_experts!:mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "head",
    kept: true,
    renames: true,
  },
  qwen3_next: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer: "input_layernorm.weight:H post_attention_layernorm.weight:H",
    prefix: "model.layers.#.",
    some: "linear_attn.A_log:? linear_attn.conv1d.weight:??? linear_attn.dt_bias:? linear_attn.in_proj_ba.weight:?H linear_attn.in_proj_qkvz.weight:?H linear_attn.norm.weight:? linear_attn.out_proj.weight:H? mlp.down_proj.weight:* mlp.gate.weight:EH mlp.gate_proj.weight:* mlp.shared_expert.down_proj.weight:H? mlp.shared_expert.gate_proj.weight:?H mlp.shared_expert.up_proj.weight:?H mlp.shared_expert_gate.weight:?H mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:* self_attn.k_norm.weight:D self_attn.k_proj.bias:? self_attn.k_proj.weight:KH self_attn.o_proj.bias:? self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.bias:? self_attn.q_proj.weight:PH self_attn.v_proj.bias:? self_attn.v_proj.weight:KH",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias num_experts:mlp.gate.weight,mlp.shared_expert.down_proj.weight,mlp.shared_expert.gate_proj.weight,mlp.shared_expert.up_proj.weight,mlp.shared_expert_gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight num_experts!:mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight",
    together:
      "linear_attn.A_log,linear_attn.conv1d.weight,linear_attn.dt_bias,linear_attn.in_proj_ba.weight,linear_attn.in_proj_qkvz.weight,linear_attn.norm.weight,linear_attn.out_proj.weight self_attn.k_norm.weight,self_attn.k_proj.weight,self_attn.o_proj.weight,self_attn.q_norm.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "linear_attn+mlp mlp+self_attn",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
    renames: true,
  },
  qwen3_vl: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "language_model.model.layers.#.",
    counted: "num_hidden_layers",
    head: "language_model.lm_head.weight",
    roots: "bare inner",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rope_theta rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower visual",
    kept: true,
    renames: true,
  },
  qwen3_vl_moe: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "language_model.model.layers.#.",
    some: "mlp.down_proj.weight:* mlp.gate.weight:EH mlp.gate_proj.weight:* mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:*",
    flags:
      "num_experts:mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight num_experts!:mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "language_model.lm_head.weight",
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    renames: true,
  },
  recurrent_gemma: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.final_norm.weight:H",
    layer:
      "channel_pre_norm.weight:H mlp_block.down_proj.bias:H mlp_block.down_proj.weight:H? mlp_block.gate_proj.bias:? mlp_block.gate_proj.weight:?H mlp_block.up_proj.bias:? mlp_block.up_proj.weight:?H temporal_pre_norm.weight:H",
    prefix: "model.layers.#.",
    some: "temporal_block.conv_1d.bias:H temporal_block.conv_1d.weight:H?? temporal_block.k_proj.weight:dH temporal_block.linear_out.bias:H temporal_block.linear_out.weight:HH temporal_block.linear_x.bias:H temporal_block.linear_x.weight:HH temporal_block.linear_y.bias:H temporal_block.linear_y.weight:HH temporal_block.o_proj.bias:H temporal_block.o_proj.weight:HH temporal_block.q_proj.weight:HH temporal_block.rg_lru.input_gate_bias:?d temporal_block.rg_lru.input_gate_weight:?dd temporal_block.rg_lru.recurrent_gate_bias:?d temporal_block.rg_lru.recurrent_gate_weight:?dd temporal_block.rg_lru.recurrent_param:H temporal_block.v_proj.weight:dH",
    together:
      "temporal_block.conv_1d.bias,temporal_block.conv_1d.weight,temporal_block.linear_out.bias,temporal_block.linear_out.weight,temporal_block.linear_x.bias,temporal_block.linear_x.weight,temporal_block.linear_y.bias,temporal_block.linear_y.weight,temporal_block.rg_lru.input_gate_bias,temporal_block.rg_lru.input_gate_weight,temporal_block.rg_lru.recurrent_gate_bias,temporal_block.rg_lru.recurrent_gate_weight,temporal_block.rg_lru.recurrent_param temporal_block.k_proj.weight,temporal_block.o_proj.bias,temporal_block.o_proj.weight,temporal_block.q_proj.weight,temporal_block.v_proj.weight",
    kinds: "temporal_block",
    counted: "num_hidden_layers",
    needsTheta: true,
    notNull: "intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    optional: "lm_head.weight",
    kept: true,
    renames: true,
  },
  rwkv7: {
    once: "model.embeddings.weight:VH model.norm.bias:H model.norm.weight:H",
    layer:
      "attn.a_lora.lora.0.weight:?H attn.a_lora.lora.2.bias:H attn.a_lora.lora.2.weight:H? attn.g_lora.lora.0.weight:?H attn.g_lora.lora.2.weight:H? attn.g_norm.bias:?D attn.g_norm.weight:?D attn.k_a:?D attn.k_k:?D attn.k_proj.weight:HH attn.o_proj.weight:HH attn.r_k:?D attn.r_proj.weight:HH attn.v_proj.weight:HH attn.w_lora.lora.0.weight:?H attn.w_lora.lora.2.bias:H attn.w_lora.lora.2.weight:H? attn.x_a:??H attn.x_g:??H attn.x_k:??H attn.x_r:??H attn.x_v:??H attn.x_w:??H attn_norm.bias:H attn_norm.weight:H ffn.key.weight:IH ffn.value.weight:HI ffn.x_k:H ffn_norm.bias:H ffn_norm.weight:H",
    prefix: "model.layers.#.",
    some: "attn.v_lora.lora.0.weight:?H attn.v_lora.lora.2.bias:H attn.v_lora.lora.2.weight:H? pre_norm.bias:H pre_norm.weight:H",
    together:
      "attn.v_lora.lora.0.weight,attn.v_lora.lora.2.bias,attn.v_lora.lora.2.weight pre_norm.bias,pre_norm.weight",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull: "head_dim intermediate_size vocab_size hidden_size num_hidden_layers",
    kept: true,
    renames: true,
  },
  seed_oss: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias attention_out_bias:self_attn.o_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "head",
    kept: true,
  },
  smollm3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "rotary head",
    kept: true,
  },
  solar_open: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.k_norm.weight:? self_attn.k_proj.bias:? self_attn.q_norm.weight:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias use_qk_norm:self_attn.k_norm.weight,self_attn.q_norm.weight",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "layers",
    kept: true,
    renames: true,
  },
  spark2_5: {
    once: "model.embedding.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.g_proj.weight:?H self_attn.out_proj.weight:HQ self_attn.q_k_v_proj.weight:FH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.g_proj.bias:? self_attn.out_proj.bias:? self_attn.q_k_v_proj.bias:?",
    flags:
      "attention_bias:self_attn.g_proj.bias,self_attn.out_proj.bias,self_attn.q_k_v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "rotary head",
    kept: true,
    renames: true,
  },
  stablelm: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.bias:H model.norm.weight:H",
    layer:
      "input_layernorm.bias:H input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH self_attn.k_proj.weight:kH self_attn.o_proj.weight:HH self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    some: "post_attention_layernorm.bias:H post_attention_layernorm.weight:H self_attn.k_layernorm.norms.0.weight:? self_attn.k_layernorm.norms.1.weight:? self_attn.k_proj.bias:? self_attn.q_layernorm.norms.0.weight:? self_attn.q_layernorm.norms.1.weight:? self_attn.q_layernorm.norms.2.weight:? self_attn.q_layernorm.norms.3.weight:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "qk_layernorm:self_attn.k_layernorm.norms.0.weight,self_attn.k_layernorm.norms.1.weight,self_attn.q_layernorm.norms.0.weight,self_attn.q_layernorm.norms.1.weight,self_attn.q_layernorm.norms.2.weight,self_attn.q_layernorm.norms.3.weight use_parallel_residual!:post_attention_layernorm.bias,post_attention_layernorm.weight use_qkv_bias:self_attn.k_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    counted: "num_hidden_layers",
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  starcoder2: {
    once: "model.embed_tokens.weight:VH model.norm.bias:H model.norm.weight:H",
    layer:
      "input_layernorm.bias:H input_layernorm.weight:H mlp.c_fc.bias:I mlp.c_fc.weight:IH mlp.c_proj.bias:H mlp.c_proj.weight:HI post_attention_layernorm.bias:H post_attention_layernorm.weight:H self_attn.k_proj.bias:k self_attn.k_proj.weight:kH self_attn.o_proj.bias:H self_attn.o_proj.weight:HH self_attn.q_proj.bias:H self_attn.q_proj.weight:HH self_attn.v_proj.bias:k self_attn.v_proj.weight:kH",
    prefix: "model.layers.#.",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    notNull:
      "num_key_value_heads intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    kept: true,
  },
  step3p5: {
    once: "lm_head.weight:VH model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:?H self_attn.o_proj.weight:H? self_attn.q_norm.weight:D self_attn.q_proj.weight:?H self_attn.v_proj.weight:?H",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.gate.weight:?H mlp.gate.router_bias:? mlp.gate_proj.weight:IH mlp.share_expert.down_proj.weight:H? mlp.share_expert.gate_proj.weight:?H mlp.share_expert.up_proj.weight:?H mlp.switch_mlp.down_proj.weight:?HM mlp.switch_mlp.gate_proj.weight:?MH mlp.switch_mlp.up_proj.weight:?MH mlp.up_proj.weight:IH self_attn.g_proj.weight:?H",
    flags: "use_head_wise_attn_gate=1:self_attn.g_proj.weight",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.gate.weight,mlp.gate.router_bias,mlp.share_expert.down_proj.weight,mlp.share_expert.gate_proj.weight,mlp.share_expert.up_proj.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "model.mtp language_model.mtp layers layer61",
    kept: true,
    renames: true,
  },
  talkie: {
    once: "lm_head:VH lm_head_gain.w_g:? model.embed.weight:VH",
    layer:
      "attn.attn_key.weight:QH attn.attn_query.weight:QH attn.attn_resid.weight:HQ attn.attn_value.weight:QH attn.head_gain.head_g:? attn_gain.a_g:? embed_skip.a_g:? mlp.mlp_gate.weight:IH mlp.mlp_linear.weight:IH mlp.mlp_resid.weight:HI mlp_gain.a_g:?",
    prefix: "model.blocks.#.",
    counted: "num_hidden_layers",
    notNull:
      "head_dim intermediate_size rope_theta vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "rotary",
    kept: true,
  },
  telechat3: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    kept: true,
  },
  youtu_llm: {
    once: "model.embed_tokens.weight:VH model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.kv_b_proj.weight:?? self_attn.o_proj.weight:H?",
    prefix: "model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.bias:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.q_proj.weight:*",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    together: "self_attn.q_a_layernorm.weight,self_attn.q_a_proj.weight,self_attn.q_b_proj.weight",
    counted: "num_hidden_layers",
    head: "lm_head.weight",
    strictRope: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped: "head",
    kept: true,
  },
  gemma3: {
    once: "language_model.lm_head.weight:VH language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H pre_feedforward_layernorm.weight:H self_attn.k_norm.weight:D self_attn.k_proj.weight:?H self_attn.o_proj.weight:HQ self_attn.q_norm.weight:D self_attn.q_proj.weight:QH self_attn.v_proj.weight:?H",
    prefix: "language_model.model.layers.#.",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower multi_modal_projector",
    optional: "language_model.lm_head.weight",
    kept: true,
    renames: true,
  },
  gemma3n: {
    once: "model.language_model.embed_tokens.weight:VH model.language_model.embed_tokens_per_layer.weight:?? model.language_model.norm.weight:H model.language_model.per_layer_model_projection.weight:?H model.language_model.per_layer_projection_norm.weight:?",
    needsTheta: true,
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "model.vision_tower model.audio_tower model.embed_vision model.embed_audio",
    kept: true,
  },
  gemma4: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H layer_scalar:? mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H post_feedforward_layernorm.weight:H pre_feedforward_layernorm.weight:H self_attn.k_norm.weight:D|g self_attn.k_proj.weight:KH|uH self_attn.o_proj.weight:HQ|HU self_attn.q_norm.weight:D|g self_attn.q_proj.weight:QH|UH",
    prefix: "language_model.model.layers.#.",
    uneven: true,
    some: "self_attn.v_proj.weight:?H",
    counted: "num_hidden_layers",
    head: "language_model.lm_head.weight",
    roots: "inner",
    notNull:
      "num_key_value_heads head_dim intermediate_size rms_norm_eps hidden_size num_attention_heads num_hidden_layers",
    tied: true,
    dropped:
      "rotary vision_tower multi_modal_projector audio_tower embed_vision embed_audio model.vision_tower model.multi_modal_projector model.audio_tower model.embed_vision model.embed_audio",
    kept: true,
    renames: true,
  },
  kimi_k25: {
    once: "language_model.lm_head.weight:VH language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.embed_q.weight:??? self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_proj.weight:H? self_attn.unembed_out.weight:???",
    prefix: "language_model.model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.bias:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.q_proj.weight:*",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight self_attn.q_a_layernorm.weight,self_attn.q_a_proj.weight,self_attn.q_b_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower vision_model multi_modal_projector mm_projector layer61",
    kept: true,
    renames: true,
    unpacks: "fp8 packed",
  },
  kimi_k3: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H language_model.model.output_attn_res_norm.weight:H language_model.model.output_attn_res_proj.weight:?H",
    layer:
      "input_layernorm.weight:H mlp_res_norm.weight:H mlp_res_proj.weight:?H post_attention_layernorm.weight:H self_attention_res_norm.weight:H self_attention_res_proj.weight:?H self_attn.o_proj.weight:H?",
    prefix: "language_model.model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.routed_expert_down_proj.weight:?H mlp.routed_expert_norm.weight:? mlp.routed_expert_up_proj.weight:H? mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:E?M mlp.switch_mlp.gate_proj.weight:EM? mlp.switch_mlp.up_proj.weight:EM? mlp.up_proj.weight:IH self_attn.A_log:? self_attn.b_proj.weight:?H self_attn.dt_bias:? self_attn.embed_q.weight:??? self_attn.f_a_proj.weight:?H self_attn.f_b_proj.weight:?? self_attn.g_a_proj.weight:?H self_attn.g_b_proj.weight:?? self_attn.g_proj.weight:?? self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_norm.weight:? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.q_proj.weight:* self_attn.qkv_conv.conv.weight:??? self_attn.qkv_proj.weight:?H self_attn.unembed_out.weight:???",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.e_score_correction_bias,mlp.gate.weight,mlp.routed_expert_down_proj.weight,mlp.routed_expert_up_proj.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight self_attn.A_log,self_attn.b_proj.weight,self_attn.dt_bias,self_attn.f_a_proj.weight,self_attn.f_b_proj.weight,self_attn.g_a_proj.weight,self_attn.g_b_proj.weight,self_attn.o_norm.weight,self_attn.qkv_conv.conv.weight,self_attn.qkv_proj.weight self_attn.embed_q.weight,self_attn.kv_a_layernorm.weight,self_attn.kv_a_proj_with_mqa.weight,self_attn.unembed_out.weight self_attn.q_a_layernorm.weight,self_attn.q_a_proj.weight,self_attn.q_b_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    head: "language_model.lm_head.weight",
    roots: "bare",
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped:
      "vision_tower vision_model multi_modal_projector mm_projector mtp model.mtp language_model.mtp layers layer61 head",
    kept: true,
    unpacks: "packed",
  },
  kimi_vl: {
    once: "language_model.lm_head.weight:VH language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.embed_q.weight:??? self_attn.kv_a_layernorm.weight:? self_attn.kv_a_proj_with_mqa.weight:?H self_attn.o_proj.weight:H? self_attn.unembed_out.weight:???",
    prefix: "language_model.model.layers.#.",
    some: "mlp.down_proj.weight:HI mlp.gate.e_score_correction_bias:E mlp.gate.weight:EH mlp.gate_proj.weight:IH mlp.shared_experts.down_proj.weight:HM mlp.shared_experts.gate_proj.weight:MH mlp.shared_experts.up_proj.weight:MH mlp.switch_mlp.down_proj.weight:EHM mlp.switch_mlp.gate_proj.weight:EMH mlp.switch_mlp.up_proj.weight:EMH mlp.up_proj.weight:IH self_attn.kv_a_proj_with_mqa.bias:? self_attn.o_proj.bias:? self_attn.q_a_layernorm.weight:? self_attn.q_a_proj.bias:? self_attn.q_a_proj.weight:?H self_attn.q_b_proj.weight:L? self_attn.q_proj.weight:*",
    flags:
      "attention_bias:self_attn.kv_a_proj_with_mqa.bias,self_attn.o_proj.bias,self_attn.q_a_proj.bias",
    together:
      "mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight mlp.gate.e_score_correction_bias,mlp.gate.weight,mlp.switch_mlp.down_proj.weight,mlp.switch_mlp.gate_proj.weight,mlp.switch_mlp.up_proj.weight mlp.shared_experts.down_proj.weight,mlp.shared_experts.gate_proj.weight,mlp.shared_experts.up_proj.weight self_attn.q_a_layernorm.weight,self_attn.q_a_proj.weight,self_attn.q_b_proj.weight",
    kinds: "mlp",
    counted: "num_hidden_layers",
    strictRope: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped:
      "rotary vision_tower multi_modal_projector model.vision_tower model.multi_modal_projector",
    kept: true,
    renames: true,
    unpacks: "fp8 packed",
  },
  "lfm2-vl": {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.embedding_norm.weight:H",
    layer:
      "feed_forward.w1.weight:?? feed_forward.w2.weight:?? feed_forward.w3.weight:?? ffn_norm.weight:H operator_norm.weight:H",
    prefix: "language_model.model.layers.#.",
    some: "conv.conv.bias:? conv.conv.weight:H?? conv.in_proj.bias:? conv.in_proj.weight:?H conv.out_proj.bias:? conv.out_proj.weight:HH self_attn.k_layernorm.weight:d self_attn.k_proj.weight:kH self_attn.out_proj.weight:HH self_attn.q_layernorm.weight:d self_attn.q_proj.weight:HH self_attn.v_proj.weight:kH",
    flags: "conv_bias:conv.conv.bias,conv.in_proj.bias,conv.out_proj.bias",
    together:
      "conv.conv.weight,conv.in_proj.weight,conv.out_proj.weight self_attn.k_layernorm.weight,self_attn.k_proj.weight,self_attn.out_proj.weight,self_attn.q_layernorm.weight,self_attn.q_proj.weight,self_attn.v_proj.weight",
    kinds: "conv self_attn",
    counted: "num_hidden_layers",
    nullHeads: true,
    notNull: "vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower multi_modal_projector",
    kept: true,
  },
  llama4: {
    once: "language_model.lm_head.weight:VH language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "language_model.model.layers.#.",
    some: "feed_forward.down_proj.weight:H? feed_forward.experts.down_proj.weight:EHI feed_forward.experts.gate_proj.weight:EIH feed_forward.experts.up_proj.weight:EIH feed_forward.gate_proj.weight:?H feed_forward.router.weight:EH feed_forward.shared_expert.down_proj.weight:HI feed_forward.shared_expert.gate_proj.weight:IH feed_forward.shared_expert.up_proj.weight:IH feed_forward.up_proj.weight:?H self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias",
    together:
      "feed_forward.down_proj.weight,feed_forward.gate_proj.weight,feed_forward.up_proj.weight feed_forward.experts.down_proj.weight,feed_forward.experts.gate_proj.weight,feed_forward.experts.up_proj.weight,feed_forward.router.weight,feed_forward.shared_expert.down_proj.weight,feed_forward.shared_expert.gate_proj.weight,feed_forward.shared_expert.up_proj.weight",
    kinds: "feed_forward",
    counted: "num_hidden_layers",
    strictRope: true,
    needsTheta: true,
    notNull:
      "num_key_value_heads intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_model multi_modal_projector model.vision_model model.multi_modal_projector",
    kept: true,
    renames: true,
  },
  minimax_m3_vl: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "language_model.model.layers.#.",
    uneven: true,
    some: "block_sparse_moe.e_score_correction_bias:E block_sparse_moe.gate.weight:EH block_sparse_moe.shared_experts.down_proj.weight:H? block_sparse_moe.shared_experts.gate_proj.weight:?H block_sparse_moe.shared_experts.up_proj.weight:?H block_sparse_moe.switch_mlp.down_proj.weight:EHI block_sparse_moe.switch_mlp.gate_proj.weight:EIH block_sparse_moe.switch_mlp.up_proj.weight:EIH mlp.down_proj.weight:H? mlp.gate_proj.weight:?H mlp.up_proj.weight:?H self_attn.index_k_norm.weight:? self_attn.index_k_proj.weight:?H self_attn.index_q_norm.weight:? self_attn.index_q_proj.weight:?H self_attn.k_norm.weight:D self_attn.q_norm.weight:D",
    flags: "use_qk_norm=1:self_attn.k_norm.weight,self_attn.q_norm.weight",
    together:
      "block_sparse_moe.e_score_correction_bias,block_sparse_moe.gate.weight,block_sparse_moe.shared_experts.down_proj.weight,block_sparse_moe.shared_experts.gate_proj.weight,block_sparse_moe.shared_experts.up_proj.weight,block_sparse_moe.switch_mlp.down_proj.weight,block_sparse_moe.switch_mlp.gate_proj.weight,block_sparse_moe.switch_mlp.up_proj.weight mlp.down_proj.weight,mlp.gate_proj.weight,mlp.up_proj.weight self_attn.index_k_norm.weight,self_attn.index_k_proj.weight,self_attn.index_q_norm.weight,self_attn.index_q_proj.weight",
    kinds: "block_sparse_moe mlp",
    head: "language_model.lm_head.weight",
    notNull:
      "num_key_value_heads head_dim intermediate_size vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower multi_modal_projector head",
    kept: true,
    renames: true,
    unpacks: "fp8",
  },
  mistral3: {
    once: "language_model.model.embed_tokens.weight:VH language_model.model.norm.weight:H",
    layer:
      "input_layernorm.weight:H mlp.down_proj.weight:HI mlp.gate_proj.weight:IH mlp.up_proj.weight:IH post_attention_layernorm.weight:H self_attn.k_proj.weight:KH self_attn.o_proj.weight:HQ self_attn.q_proj.weight:QH self_attn.v_proj.weight:KH",
    prefix: "language_model.model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    head: "language_model.lm_head.weight",
    roots: "bare inner",
    strictRope: true,
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped:
      "rotary vision_tower multi_modal_projector model.vision_tower model.multi_modal_projector head",
    kept: true,
    renames: true,
    unpacks: "fp8 packed",
  },
  pixtral: {
    once: "language_model.lm_head.weight:V? language_model.model.embed_tokens.weight:V? language_model.model.norm.weight:?",
    layer:
      "input_layernorm.weight:? mlp.down_proj.weight:?I mlp.gate_proj.weight:I? mlp.up_proj.weight:I? post_attention_layernorm.weight:? self_attn.k_proj.weight:?? self_attn.o_proj.weight:?? self_attn.q_proj.weight:?? self_attn.v_proj.weight:??",
    prefix: "language_model.model.layers.#.",
    some: "mlp.down_proj.bias:? mlp.gate_proj.bias:? mlp.up_proj.bias:? self_attn.k_proj.bias:? self_attn.o_proj.bias:? self_attn.q_proj.bias:? self_attn.v_proj.bias:?",
    flags:
      "attention_bias:self_attn.k_proj.bias,self_attn.o_proj.bias,self_attn.q_proj.bias,self_attn.v_proj.bias mlp_bias:mlp.down_proj.bias,mlp.gate_proj.bias,mlp.up_proj.bias",
    counted: "num_hidden_layers",
    strictRope: true,
    nullHeads: true,
    notNull:
      "intermediate_size rms_norm_eps vocab_size hidden_size num_attention_heads num_hidden_layers",
    dropped: "vision_tower multi_modal_projector",
    kept: true,
  },
};
