// Written by scripts/mlx-lm-table.ts from the packages it names: not by hand.

/**
 * The settings that each module of that mlx-lm wants from a config, one word each: `name!` is required, `name=3` has
 * that default, `name` none. Of those that are not required, only those that decide about caches. `module/text`: those of its
 * `text_config`.
 */
export const MLX_LM_ARGUMENTS: Readonly<Record<string, string>> = {
  Klear:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! attention_bias! mlp_only_layers! num_experts! num_experts_per_tok! decoder_sparse_step! n_shared_experts! moe_intermediate_size! rms_norm_eps! vocab_size! num_key_value_heads! rope_theta! max_position_embeddings! norm_topk_prob!",
  afm7: "model_type! vocab_size! hidden_dim! num_layers! num_kv_reuse_layers! num_heads! num_kv_heads!",
  afmoe:
    "model_type! layer_types! vocab_size=200192 hidden_size=2048 intermediate_size=6144 moe_intermediate_size=1024 num_hidden_layers=32 num_attention_heads=32 num_key_value_heads=4 head_dim=64 num_experts=128 sliding_window=2048",
  apertus:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! mlp_bias! num_attention_heads! attention_bias! rms_norm_eps! vocab_size! num_key_value_heads! max_position_embeddings! rope_theta! post_norm! qk_norm! tie_word_embeddings!",
  baichuan_m1:
    "vocab_size! hidden_size! intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! rope_theta! sliding_window! sliding_window_layers! conv_window! rms_norm_eps! num_swa_attention_heads num_swa_key_value_heads",
  bailing_hybrid:
    "model_type! hidden_size! intermediate_size! moe_intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! num_experts! num_experts_per_tok! num_shared_experts! n_group! topk_group! first_k_dense_replace! layer_group_size! group_norm_size! vocab_size! rms_norm_eps! rope_theta! max_position_embeddings! routed_scaling_factor! head_dim! kv_lora_rank! qk_rope_head_dim! qk_nope_head_dim! v_head_dim!",
  bailing_moe:
    "model_type! hidden_size! intermediate_size! max_position_embeddings! moe_intermediate_size! num_experts! num_shared_experts! norm_topk_prob! num_attention_heads! num_experts_per_tok! num_hidden_layers! num_key_value_heads! rms_norm_eps! rope_theta! vocab_size! first_k_dense_replace!",
  bailing_moe_linear:
    "model_type! hidden_size! intermediate_size! max_position_embeddings! moe_intermediate_size! num_experts! num_shared_experts! norm_topk_prob! num_attention_heads! num_experts_per_tok! num_hidden_layers! num_key_value_heads! rms_norm_eps! rope_theta! vocab_size! first_k_dense_replace! layer_group_size! group_norm_size! head_dim",
  bailing_moe_v3:
    "vocab_size=157184 hidden_size=1536 intermediate_size=4608 moe_intermediate_size=512 num_hidden_layers=24 num_attention_heads=16 num_experts=128 layer_group_size=4 head_dim=128 kv_lora_rank=512 qk_nope_head_dim=128 qk_rope_head_dim=64 v_head_dim=128 short_conv_kernel_size=4",
  bitnet:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_key_value_heads! rms_norm_eps! vocab_size! head_dim",
  cohere:
    "model_type! hidden_size=8192 num_hidden_layers=40 intermediate_size=22528 num_attention_heads=64 num_key_value_heads=64 vocab_size=256000",
  cohere2:
    "model_type! hidden_size=4096 head_dim=128 num_hidden_layers=32 intermediate_size=14336 num_attention_heads=32 num_key_value_heads=8 vocab_size=256000 sliding_window=4096 sliding_window_pattern=4",
  dbrx: "model_type! vocab_size! d_model! ffn_config! attn_config! n_layers! n_heads!",
  deepseek:
    "vocab_size=102400 hidden_size=4096 intermediate_size=11008 moe_intermediate_size=1407 num_hidden_layers=30 num_attention_heads=32 num_key_value_heads=32 n_routed_experts",
  deepseek_v2:
    "vocab_size=102400 hidden_size=4096 intermediate_size=11008 moe_intermediate_size=1407 num_hidden_layers=30 num_attention_heads=32 num_key_value_heads=32 n_routed_experts kv_lora_rank=512 qk_rope_head_dim=64 v_head_dim=128 qk_nope_head_dim=128",
  deepseek_v3:
    "vocab_size=102400 hidden_size=4096 intermediate_size=11008 moe_intermediate_size=1407 num_hidden_layers=30 num_attention_heads=32 num_key_value_heads=32 n_routed_experts kv_lora_rank=512 qk_rope_head_dim=64 v_head_dim=128 qk_nope_head_dim=128",
  deepseek_v32:
    "vocab_size=102400 hidden_size=4096 index_head_dim=128 intermediate_size=11008 moe_intermediate_size=1407 num_hidden_layers=30 num_attention_heads=32 num_key_value_heads=32 n_routed_experts kv_lora_rank=512 qk_rope_head_dim=64 v_head_dim=128 qk_nope_head_dim=128",
  deepseek_v41:
    "vocab_size=129280 hidden_size=5120 num_hidden_layers=40 num_attention_heads=64 head_dim=512 qk_rope_head_dim=64 moe_intermediate_size=2304 n_routed_experts=384 sliding_window=128 compress_ratios kv_source_layer_ids index_source_layer_ids index_head_dim=128",
  dots1:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! max_position_embeddings! num_key_value_heads! first_k_dense_replace! moe_intermediate_size! n_routed_experts! n_shared_experts! norm_topk_prob! num_experts_per_tok! rope_theta! routed_scaling_factor! head_dim",
  ernie4_5:
    "hidden_size! intermediate_size! model_type! max_position_embeddings! num_attention_heads! num_key_value_heads! head_dim! num_hidden_layers! rms_norm_eps! vocab_size! rope_theta! use_bias! tie_word_embeddings!",
  ernie4_5_moe:
    "hidden_size! intermediate_size! model_type! max_position_embeddings! num_attention_heads! num_key_value_heads! num_hidden_layers! rms_norm_eps! vocab_size! rope_theta! use_bias! tie_word_embeddings! moe_num_experts! moe_intermediate_size=0 head_dim",
  exaone:
    "model_type! hidden_size! num_layers! intermediate_size! num_attention_heads! vocab_size! rope_theta! layer_norm_epsilon! num_key_value_heads! head_dim",
  exaone4:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads! max_position_embeddings! rope_theta! head_dim! tie_word_embeddings! rope_scaling! sliding_window! sliding_window_pattern!",
  exaone_moe:
    "model_type! vocab_size! hidden_size! intermediate_size! moe_intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! head_dim! num_experts! num_experts_per_tok! num_shared_experts! rms_norm_eps! max_position_embeddings! sliding_window! layer_types! is_moe_layer!",
  falcon_h1:
    "head_dim=64 hidden_size=1024 intermediate_size=2048 mamba_d_conv=4 mamba_d_head=64 mamba_d_ssm=1536 mamba_d_state=128 mamba_expand=2 mamba_n_groups=1 mamba_n_heads=24 num_attention_heads=8 num_hidden_layers=36 num_key_value_heads=2 vocab_size=32784",
  gear: "model_type! vocab_size! hidden_size! intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! head_dim! rms_norm_eps! layer_types! sliding_window=512 conv_L_cache=3",
  gemma:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! head_dim! rms_norm_eps! vocab_size! num_key_value_heads!",
  gemma2:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! head_dim! rms_norm_eps! vocab_size! num_key_value_heads!",
  gemma3: "model_type! text_config! vocab_size=262208",
  gemma3_text:
    "model_type! hidden_size=1152 num_hidden_layers=26 intermediate_size=6912 num_attention_heads=4 head_dim=256 vocab_size=262144 num_key_value_heads=1 sliding_window=512 sliding_window_pattern=6",
  gemma3n: "model_type! text_config!",
  "gemma3n/text":
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! head_dim! rms_norm_eps! vocab_size! num_key_value_heads! num_kv_shared_layers! vocab_size_per_layer_input! sliding_window! max_position_embeddings! rope_local_base_freq! rope_theta! final_logit_softcapping! layer_types! activation_sparsity_pattern! hidden_size_per_layer_input! altup_num_inputs! altup_coef_clip! altup_correct_scale! altup_active_idx! laurel_rank!",
  gemma4: "vocab_size=262144",
  gemma4_text:
    "hidden_size=1536 num_hidden_layers=35 intermediate_size=6144 num_attention_heads=8 head_dim=256 global_head_dim=512 vocab_size=262144 num_key_value_heads=1 num_global_key_value_heads num_kv_shared_layers=20 sliding_window=512 sliding_window_pattern=5 attention_k_eq_v=0 num_experts moe_intermediate_size layer_types",
  glm: "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! head_dim! num_key_value_heads!",
  glm4: "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! attention_bias! head_dim! rms_norm_eps! vocab_size! num_key_value_heads! partial_rotary_factor! rope_theta!",
  glm4_moe:
    "model_type! vocab_size! hidden_size! intermediate_size! max_position_embeddings! moe_intermediate_size! norm_topk_prob! num_attention_heads! n_group! head_dim! topk_group! n_shared_experts! n_routed_experts! routed_scaling_factor! num_experts_per_tok! first_k_dense_replace! num_hidden_layers! num_key_value_heads! rms_norm_eps! rope_theta! rope_scaling! use_qk_norm! tie_word_embeddings! attention_bias! partial_rotary_factor!",
  glm4_moe_lite:
    "vocab_size=154880 hidden_size=2048 intermediate_size=10240 moe_intermediate_size=1536 num_hidden_layers=47 num_attention_heads=20 num_key_value_heads=20 n_routed_experts=64 kv_lora_rank=512 qk_rope_head_dim=64 qk_nope_head_dim=192 v_head_dim=256",
  glm_moe_dsa:
    "model_type! vocab_size! hidden_size! index_head_dim! index_n_heads! index_topk! intermediate_size! moe_intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! n_shared_experts! n_routed_experts! routed_scaling_factor! kv_lora_rank! q_lora_rank! qk_rope_head_dim! v_head_dim! qk_nope_head_dim! topk_method! scoring_func! norm_topk_prob! n_group! topk_group! num_experts_per_tok! moe_layer_freq! first_k_dense_replace! max_position_embeddings! rms_norm_eps! rope_parameters! attention_bias!",
  gpt2: "model_type! n_ctx! n_embd! n_head! n_layer! n_positions! layer_norm_epsilon! vocab_size! num_key_value_heads",
  gpt_bigcode:
    "model_type! n_embd! n_layer! n_inner! n_head! n_positions! layer_norm_epsilon! vocab_size! num_key_value_heads multi_query=1",
  gpt_neox:
    "model_type! max_position_embeddings! hidden_size! num_attention_heads! num_hidden_layers! layer_norm_eps! vocab_size! rotary_emb_base! rotary_pct! num_key_value_heads",
  gpt_oss:
    "num_hidden_layers=36 num_local_experts=128 vocab_size=201088 hidden_size=2880 intermediate_size=2880 head_dim=64 num_attention_heads=64 num_key_value_heads=8 sliding_window=128 layer_types",
  gptj: "n_embd=4096 vocab_size=50400 n_head=16 n_layer=28",
  granite:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! logits_scaling! attention_multiplier! embedding_multiplier! residual_multiplier! max_position_embeddings! num_key_value_heads! attention_bias! mlp_bias! rope_theta!",
  granitemoe:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! logits_scaling! attention_multiplier! embedding_multiplier! residual_multiplier! max_position_embeddings! num_key_value_heads! attention_bias! rope_theta! num_local_experts! num_experts_per_tok!",
  granitemoehybrid:
    "model_type! vocab_size! hidden_size! intermediate_size! num_hidden_layers! max_position_embeddings! num_attention_heads! num_key_value_heads! attention_bias! embedding_multiplier! attention_multiplier! logits_scaling! residual_multiplier! layer_types! rms_norm_eps! num_local_experts mamba_n_heads mamba_d_head mamba_d_state mamba_d_conv mamba_n_groups",
  helium:
    "hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_key_value_heads! rms_norm_eps! vocab_size! attention_bias! head_dim! max_position_embeddings! mlp_bias! model_type! rope_theta! tie_word_embeddings!",
  hunyuan:
    "model_type! vocab_size! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_key_value_heads! attention_bias! moe_topk! num_experts! num_shared_expert! use_mixed_mlp_moe! use_qk_norm! rms_norm_eps! rope_theta! use_cla! cla_share_factor! moe_intermediate_size",
  hunyuan_v1_dense:
    "model_type! vocab_size! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_key_value_heads! rms_norm_eps! head_dim",
  internlm2:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads",
  internlm3:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads",
  iquestloopcoder:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! head_dim! num_key_value_heads! loop_num=2 loop_window_size=64",
  jamba:
    "model_type! hidden_size! intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! attn_layer_offset! attn_layer_period! expert_layer_offset! expert_layer_period! mamba_d_conv! mamba_d_state! mamba_expand! num_experts! num_experts_per_tok! rms_norm_eps! max_position_embeddings! vocab_size! layers_block_type",
  kimi_k25: "text_config!",
  "kimi_k25/text":
    "vocab_size=102400 hidden_size=4096 intermediate_size=11008 moe_intermediate_size=1407 num_hidden_layers=30 num_attention_heads=32 num_key_value_heads=32 n_routed_experts kv_lora_rank=512 qk_rope_head_dim=64 v_head_dim=128 qk_nope_head_dim=128",
  kimi_k3: "text_config!",
  "kimi_k3/text":
    "vocab_size=163840 hidden_size=7168 num_hidden_layers=93 num_attention_heads=96 num_key_value_heads=96 intermediate_size=33792 linear_attn_config kv_lora_rank qk_nope_head_dim qk_rope_head_dim v_head_dim num_experts moe_intermediate_size",
  kimi_linear:
    "model_type! vocab_size! hidden_size! num_hidden_layers! num_attention_heads! num_key_value_heads! intermediate_size! head_dim! rope_theta! rms_norm_eps! linear_attn_config! model_max_length! num_experts! moe_intermediate_size! kv_lora_rank! qk_nope_head_dim qk_rope_head_dim v_head_dim",
  kimi_vl: "text_config! model_type!",
  "kimi_vl/text":
    "vocab_size=102400 hidden_size=4096 intermediate_size=11008 moe_intermediate_size=1407 num_hidden_layers=30 num_attention_heads=32 num_key_value_heads=32 n_routed_experts kv_lora_rank=512 qk_rope_head_dim=64 v_head_dim=128 qk_nope_head_dim=128",
  laguna:
    "vocab_size=100352 hidden_size=2048 intermediate_size=8192 num_hidden_layers=40 num_attention_heads=48 num_key_value_heads=8 head_dim=128 sliding_window=512 layer_types num_experts=256 moe_intermediate_size=512",
  lfm2: "model_type! vocab_size! hidden_size! num_hidden_layers! num_attention_heads! num_key_value_heads! max_position_embeddings! norm_eps! conv_bias! conv_L_cache! block_dim! block_multiple_of! block_ffn_dim_multiplier! block_auto_adjust_ff_dim! intermediate_size full_attn_idxs layer_types",
  "lfm2-vl": "model_type! text_config!",
  lfm2_moe:
    "model_type! vocab_size! hidden_size! intermediate_size! moe_intermediate_size! num_hidden_layers! num_experts! num_experts_per_tok! norm_topk_prob! num_attention_heads! num_key_value_heads! max_position_embeddings! use_expert_bias! num_dense_layers! norm_eps! conv_bias! conv_L_cache! full_attn_idxs layer_types",
  "lille-130m":
    "model_type! block_size! layer_norm_eps! n_embd! n_head! n_kv_heads! n_layer! rope_theta! vocab_size!",
  llama:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! head_dim num_key_value_heads layer_types sliding_window",
  llama4: "text_config! model_type!",
  "llama4/text":
    "attention_bias! attention_chunk_size! head_dim! hidden_size! interleave_moe_layer_step! intermediate_size! intermediate_size_mlp! max_position_embeddings! model_type! num_attention_heads! num_experts_per_tok! num_hidden_layers! num_key_value_heads! num_local_experts! rms_norm_eps! rope_scaling! rope_theta! use_qk_norm! vocab_size!",
  llama4_text:
    "model_type! hidden_size! num_attention_heads! num_hidden_layers! vocab_size! intermediate_size! intermediate_size_mlp! num_key_value_heads! rms_norm_eps! rope_theta! head_dim! tie_word_embeddings! no_rope_layers! use_qk_norm!",
  longcat_flash:
    "model_type! attention_method! zero_expert_type! hidden_size! ffn_hidden_size! moe_topk! expert_ffn_hidden_size! n_routed_experts! zero_expert_num! num_layers! vocab_size! max_position_embeddings! num_attention_heads! kv_lora_rank! q_lora_rank! qk_rope_head_dim! qk_nope_head_dim! v_head_dim! routed_scaling_factor! rms_norm_eps! rope_theta! mla_scale_q_lora! mla_scale_kv_lora! attention_bias!",
  longcat_flash_ngram:
    "model_type! hidden_size! ffn_hidden_size! moe_topk! expert_ffn_hidden_size! n_routed_experts! zero_expert_num! num_layers! vocab_size! max_position_embeddings! num_attention_heads! kv_lora_rank! q_lora_rank! qk_rope_head_dim! qk_nope_head_dim! v_head_dim! routed_scaling_factor! rms_norm_eps! rope_theta! mla_scale_q_lora! mla_scale_kv_lora! emb_neighbor_num=4",
  mamba:
    "model_type! vocab_size! hidden_size! intermediate_size! state_size! num_hidden_layers! conv_kernel! use_bias! use_conv_bias! time_step_rank!",
  mamba2:
    "model_type! num_heads! head_dim! vocab_size! hidden_size! intermediate_size! state_size! num_hidden_layers! layer_norm_epsilon! conv_kernel! n_groups! use_bias! use_conv_bias! tie_word_embeddings! time_step_limit! time_step_rank! ssm_state_size",
  mellum:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_experts! num_experts_per_tok! moe_intermediate_size! rms_norm_eps! vocab_size! num_key_value_heads! head_dim! tie_word_embeddings! max_position_embeddings! norm_topk_prob! sliding_window! layer_types!",
  mimo: "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads!",
  mimo_v2_flash:
    "model_type! num_experts_per_tok! hybrid_layer_pattern! moe_layer_freq! add_swa_attention_sink_bias! add_full_attention_sink_bias! sliding_window_size! vocab_size! hidden_size! intermediate_size! moe_intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! n_shared_experts! n_routed_experts! routed_scaling_factor! topk_method! scoring_func! norm_topk_prob! n_group! topk_group! max_position_embeddings! layernorm_epsilon! rope_theta! swa_rope_theta! swa_num_attention_heads! swa_num_key_value_heads! head_dim! v_head_dim! swa_head_dim! swa_v_head_dim! partial_rotary_factor!",
  minicpm:
    "model_type! hidden_size! dim_model_base! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads! scale_depth! scale_emb!",
  minicpm3:
    "model_type! hidden_size! dim_model_base! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads! q_lora_rank! qk_nope_head_dim! qk_rope_head_dim! kv_lora_rank! scale_depth! scale_emb! max_position_embeddings!",
  minimax:
    "model_type! hidden_size! intermediate_size! num_attention_heads! num_key_value_heads! max_position_embeddings! num_experts_per_tok! num_local_experts! shared_intermediate_size! num_hidden_layers! rms_norm_eps! rope_theta! rotary_dim! vocab_size! head_dim",
  minimax_m3_vl: "text_config!",
  "minimax_m3_vl/text":
    "hidden_size=6144 intermediate_size=3072 num_attention_heads=64 num_key_value_heads=4 num_hidden_layers=60 num_local_experts=128 head_dim=128 vocab_size=200064 layer_types sparse_attention_config sparse_attention_freq index_head_dim index_block_size",
  ministral3:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! head_dim num_key_value_heads layer_types sliding_window",
  mistral3: "model_type! text_config!",
  mistral4:
    "model_type! vocab_size! hidden_size! intermediate_size! moe_intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! n_shared_experts! n_routed_experts! routed_scaling_factor! kv_lora_rank! q_lora_rank! norm_topk_prob! max_position_embeddings! rms_norm_eps! topk_group! num_experts_per_tok! first_k_dense_replace! n_group! qk_rope_head_dim! qk_nope_head_dim! v_head_dim! head_dim",
  mixtral:
    "model_type! vocab_size=32000 hidden_size=4096 intermediate_size=14336 num_hidden_layers=32 num_attention_heads=32 num_key_value_heads=8 num_local_experts=8",
  muse_glimmer:
    "hidden_size=6656 num_hidden_layers=52 intermediate_size=19968 num_attention_heads=32 num_key_value_heads=2 head_dim=128 vocab_size=202048 sliding_window=2048 layer_types",
  muse_spark: "model_type! text_config!",
  "muse_spark/text":
    "hidden_size! num_attention_heads! num_key_value_heads! head_dim! num_hidden_layers! vocab_size! rms_norm_eps! post_norm_eps! rope_parameters! layer_rope_theta! layer_types! sliding_window! final_logit_softcapping! output_multiplier! num_local_experts! num_experts_per_tok! moe_hidden_size! moe_intermediate_size!",
  nanbeige:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_key_value_heads! rms_norm_eps! vocab_size! head_dim num_loops=1",
  nanochat:
    "hidden_size=1280 num_hidden_layers=20 num_attention_heads=10 num_key_value_heads=10 vocab_size=65536 intermediate_size=5120",
  nemotron:
    "model_type! hidden_size! hidden_act! num_hidden_layers! intermediate_size! num_attention_heads! norm_eps! vocab_size! num_key_value_heads! head_dim",
  "nemotron-nas":
    "hidden_size=8192 num_hidden_layers=80 num_attention_heads=64 vocab_size=128256 block_configs",
  nemotron_h:
    "model_type! vocab_size! hidden_size! intermediate_size! max_position_embeddings! num_attention_heads! num_key_value_heads! attention_bias! mamba_num_heads! mamba_head_dim! mamba_proj_bias! ssm_state_size! conv_kernel! n_groups! mlp_bias! layer_norm_epsilon! use_bias! use_conv_bias! hybrid_override_pattern layers_block_type layer_types num_hidden_layers head_dim moe_intermediate_size n_routed_experts",
  olmo2:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! head_dim num_key_value_heads",
  olmo3:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! max_position_embeddings! sliding_window! rope_theta! layer_types num_key_value_heads head_dim",
  olmo_hybrid:
    "model_type! hidden_size! intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! rms_norm_eps! vocab_size! max_position_embeddings! linear_num_key_heads! linear_num_value_heads! linear_key_head_dim! linear_value_head_dim! linear_conv_kernel_dim! linear_allow_neg_eigval! tie_word_embeddings! attention_bias! head_dim layer_types",
  olmoe:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_experts! num_experts_per_tok! head_dim num_key_value_heads",
  openelm:
    "model_type! head_dim! num_transformer_layers! model_dim! vocab_size! ffn_dim_divisor! num_query_heads! num_kv_heads! ffn_multipliers!",
  phi: "vocab_size=51200 hidden_size=2560 num_attention_heads=32 num_hidden_layers=32 num_key_value_heads=32 intermediate_size=10240",
  phi3: "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads",
  phi3small:
    "model_type! hidden_size! dense_attention_every_n_layers! ff_intermediate_size! gegelu_limit! num_hidden_layers! num_attention_heads! layer_norm_epsilon! vocab_size! num_key_value_heads!",
  phimoe:
    "vocab_size=32064 hidden_size=4096 intermediate_size=6400 num_hidden_layers=32 num_attention_heads=32 num_key_value_heads=8 num_local_experts=16",
  phixtral: "model_type! model_dim=2560 num_heads=32 num_layers=32 num_local_experts=4",
  pixtral: "model_type! text_config!",
  plamo:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! n_shared_head=8",
  plamo2:
    "hidden_size=4096 num_hidden_layers=32 num_attention_heads=32 num_key_value_heads=4 hidden_size_per_head=128 attention_window_size=2048 mamba_d_state=64 mamba_d_conv=4 mamba_num_heads=64 mamba_step=2 mamba_enabled=1 intermediate_size=13312 vocab_size=32000",
  plamo3:
    "hidden_size=4096 num_hidden_layers=32 num_attention_heads=32 num_key_value_heads=4 head_dim=128 window_size=2048 sliding_window sliding_window_pattern=8 intermediate_size=13312 vocab_size=32000",
  prism_hadamard_qwen35: "model_type! text_config!",
  qwen: "model_type! hidden_size=2048 num_attention_heads=16 num_hidden_layers=24 kv_channels=128 intermediate_size=11008 vocab_size=151936",
  qwen2:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads!",
  qwen2_moe:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_experts_per_tok! num_experts! moe_intermediate_size! shared_expert_intermediate_size! rms_norm_eps! vocab_size! num_key_value_heads",
  qwen2_vl: "model_type! text_config!",
  qwen3:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads! max_position_embeddings! head_dim! tie_word_embeddings!",
  qwen3_5: "model_type! text_config!",
  "qwen3_5/text":
    "hidden_size=4096 intermediate_size=14336 num_hidden_layers=32 num_attention_heads=32 vocab_size=151936 num_key_value_heads=8 linear_num_value_heads=64 linear_num_key_heads=16 linear_key_head_dim=192 linear_value_head_dim=128 linear_conv_kernel_dim=4 head_dim full_attention_interval=4 num_experts=0 moe_intermediate_size=0",
  qwen3_5_moe: "model_type! text_config!",
  qwen3_moe:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_experts! num_experts_per_tok! decoder_sparse_step! mlp_only_layers! moe_intermediate_size! rms_norm_eps! vocab_size! num_key_value_heads! head_dim! rope_theta! tie_word_embeddings! max_position_embeddings! norm_topk_prob!",
  qwen3_next:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! linear_num_value_heads! linear_num_key_heads! linear_key_head_dim! linear_value_head_dim! linear_conv_kernel_dim! num_experts! num_experts_per_tok! decoder_sparse_step! shared_expert_intermediate_size! mlp_only_layers! moe_intermediate_size! rms_norm_eps! vocab_size! num_key_value_heads! rope_theta! partial_rotary_factor! max_position_embeddings! head_dim! full_attention_interval=4",
  qwen3_vl: "model_type! text_config!",
  qwen3_vl_moe: "model_type! text_config!",
  recurrent_gemma:
    "model_type! attention_bias! conv1d_width! hidden_size! intermediate_size! logits_soft_cap! num_attention_heads! num_hidden_layers! num_key_value_heads! rms_norm_eps! rope_theta! attention_window_size! vocab_size! block_types _block_types",
  rwkv7:
    "model_type! vocab_size! hidden_size! intermediate_size! norm_eps! head_dim! num_hidden_layers! a_low_rank_dim! v_low_rank_dim! gate_low_rank_dim! decay_low_rank_dim!",
  seed_oss:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! num_key_value_heads! head_dim!",
  smollm3:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! rms_norm_eps! vocab_size! head_dim num_key_value_heads layer_types sliding_window",
  solar_open:
    "model_type! vocab_size! hidden_size! intermediate_size! moe_intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! head_dim! n_shared_experts! n_routed_experts! routed_scaling_factor! num_experts_per_tok! first_k_dense_replace! norm_topk_prob! max_position_embeddings! rms_norm_eps! rope_theta! tie_word_embeddings! partial_rotary_factor!",
  spark2_5:
    "model_type! hidden_size! intermediate_size! num_hidden_layers! num_attention_heads! num_key_value_heads! head_dim! vocab_size! sliding_window! rope_parameters! layer_types",
  stablelm:
    "model_type! vocab_size! hidden_size! num_attention_heads! num_hidden_layers! num_key_value_heads! intermediate_size! rope_theta! use_qkv_bias! partial_rotary_factor! layer_norm_eps!",
  starcoder2:
    "model_type! hidden_size! num_hidden_layers! intermediate_size! num_attention_heads! num_key_value_heads! vocab_size=49152",
  step3p5:
    "model_type! hidden_size! num_hidden_layers! vocab_size! num_attention_heads! num_attention_groups! head_dim! intermediate_size! sliding_window=512 layer_types attention_other_setting moe_intermediate_size=1280",
  talkie:
    "hidden_size=5120 num_hidden_layers=40 num_attention_heads=40 head_dim=128 intermediate_size=13696 vocab_size=65540",
  telechat3:
    "model_type! hidden_size! intermediate_size! max_position_embeddings! num_attention_heads! num_hidden_layers! num_key_value_heads! rms_norm_eps! vocab_size! rope_theta! head_dim",
  youtu_llm:
    "vocab_size=128256 hidden_size=2048 intermediate_size=6144 num_hidden_layers=32 num_attention_heads=16 num_key_value_heads=16 kv_lora_rank=512 qk_rope_head_dim=64 v_head_dim=128 qk_nope_head_dim=128",
};
