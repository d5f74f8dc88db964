// Written by scripts/mlx-programs-table.ts from the packages it names: not by hand.
import type { MlxPrograms } from "./mlx-programs.ts";

/** The model types that these releases load, by their own sources. */
export const MLX_PROGRAMS: MlxPrograms = {
  vlm: {
    version: "0.7.10",
    sees: "aya_vision clef cohere_compass colidefics3 colqwen2_5 d1 d1_omni deepseek_v4 deepseek_v41 deepseek_vl_v2 deepseekocr deepseekocr_2 dots_ocr ernie4_5_moe_vl falcon_ocr falcon_perception fastvlm florence2 gemma3 gemma3n gemma4 gemma4_unified glm4v glm4v_moe glm5_next glm_ocr got granite4_vision granite_vision hunyuan_vl idefics2 idefics3 indic_ocr inkling internvl internvl_chat jina_vlm kimi_k25 kimi_k3 kimi_vl lfm2_vl llama4 llava llava_bunny llava_next llava_onevision llmjpvl locateanything mage_vl mimo_v2 minicpmo minicpmv4_6 minicpmv4_7 minimax_m3_vl mistral3 mllama moge3 molmo molmo2 molmo_point moondream2 moondream3 multi_modality muse_glimmer muse_spark nemotron_h_nano_omni nemotron_parse paddleocr_vl paligemma phi3_v phi4_siglip phi4mm pixtral plamo2vl prism_hadamard_qwen35 qwen2_5_vl qwen2_vl qwen3_5 qwen3_5_moe qwen3_omni_moe qwen3_vl qwen3_vl_moe qwen4_exp rfdetr rt_detr_v2 sam3 sam3_1 sam3d_body sam3d_objects smolvlm step3p7 unlimited_ocr youtu_vl zaya1_vl",
    hears:
      "d1_omni gemma3n gemma4 inkling mimo_v2 minicpmo muse_spark nemotron_h_nano_omni phi4mm qwen3_omni_moe",
    texts:
      "afm7 afmoe apertus baichuan_m1 bailing_moe bailing_moe_linear bitnet cohere cohere2 cohere2_moe dbrx decider2 deepseek deepseek_v2 deepseek_v3 deepseek_v32 diffusion_gemma dots1 ernie4_5 ernie4_5_moe exaone exaone4 exaone_moe falcon_h1 flint gemma gemma2 gemma3_text gemma4_text gliner2_5 glm glm4 glm4_moe glm4_moe_lite glm_moe_dsa gpt2 gpt_bigcode gpt_neox gpt_oss granite granitemoe granitemoehybrid helium hrm_text hunyuan hunyuan_v1_dense hy_v4 internlm2 internlm3 iquestloopcoder jamba k2_horizon kimi_linear klear kolibri1 laguna laya lfm2 lfm2_encoder lfm2_moe lille_130m limite llada2_moe llama llama4_text longcat_flash longcat_flash_ngram longcat_flash_sparse mamba mamba2 mellum mimo mimo_v2_flash minicpm minicpm3 minimax minimax_m3 ministral3 mistral_large3 mixtral nanochat nemotron nemotron_h nemotron_labs_diffusion nemotron_nas nemotron_voicechat olmo olmo2 olmo3 olmoe openai_privacy_filter openelm phi phi3 phi3small phimoe phixtral plamo plamo2 pp_doclayout_v3 qwen qwen2 qwen2_moe qwen3 qwen3_5_moe_text qwen3_5_text qwen3_moe qwen3_next recurrent_gemma rwkv7 seed_oss smollm3 solar_open spark2_5 stablelm starcoder2 step3p5 telechat3 video_depth_anything xing4_0 youtu_llm z1t",
    embeds:
      "bert dinov2 embedding_gemma2 gemma3_embedding lfm2_colbert lfm2_embedding llama_bidirec llama_nemotron_vl_embedding ministral3_embedding modernbert qwen3_embedding qwen3_vl_embedding sapiens2 siglip xlm_roberta",
    drafts:
      "deepseek_v4_dspark deepseek_v4_mtp dflash2 dspark eagle3 gemma4_assistant gemma4_dflash gemma4_dspark gemma4_unified_assistant glm4_moe_lite_mtp glm5_next_mtp glm_moe_dsa_mtp hy_v4_mtp inkling_mtp laguna_dflash muse_glimmer_assistant nemotron_h_mtp qwen3_5_mtp qwen3_dflash qwen3_dspark qwen4_exp_mtp",
    remapping: {
      "bunny-llama": "llava_bunny",
      cohere2_vision: "aya_vision",
      cohere2moe: "cohere2_moe",
      dinov2_with_registers: "dinov2",
      "falcon-perception": "falcon_perception",
      falcon_mamba: "mamba",
      "granite-vision": "granite_vision",
      "granite4-vision": "granite4_vision",
      granite4_vision: "granite4_vision",
      inkling_mm_model: "inkling",
      iquestcoder: "llama",
      joyai_llm_flash: "deepseek_v3",
      jvlm: "jina_vlm",
      kimi_k2: "deepseek_v3",
      "lfm2-vl": "lfm2_vl",
      "lille-130m": "lille_130m",
      "llava-qwen2": "llava_bunny",
      llava_qwen2: "fastvlm",
      minimax_m2: "minimax",
      mistral: "llama",
      moondream1: "moondream2",
      muse_spark_open: "muse_spark",
      "nemotron-nas": "nemotron_nas",
      nemotron_h_omni: "nemotron_h_nano_omni",
      nemotron_h_puzzle: "nemotron_h",
      nemotronh_nano_omni_reasoning_v3: "nemotron_h_nano_omni",
      "phi-msft": "phixtral",
      "phi4-siglip": "phi4_siglip",
      "rf-detr": "rfdetr",
      "sam3.1_video": "sam3_1",
      sam3_video: "sam3",
      "unlimited-ocr": "unlimited_ocr",
    },
    embedding: {
      gemma3_text: "gemma3_embedding",
      lfm2: "lfm2_embedding",
      ministral3: "ministral3_embedding",
      qwen3: "qwen3_embedding",
      "xlm-roberta": "xlm_roberta",
    },
  },
  embeddings: {
    version: "0.1.0",
    embeds: "bert gemma3_text lfm2 llama_bidirec modernbert qwen3 xlm_roberta",
    sees: "colidefics3 colqwen2_5 llama_nemotron_vl qwen3_vl siglip",
    remapping: {},
  },
  audio: {
    version: "0.6.2",
    speaks:
      "arktts audiodit bailingmm bark breeze breeze-tts breeze_tts chatterbox chatterbox_turbo confucius4 csm dia dramabox dramabox-tts echo_tts fish_drama3 fish_qwen3_omni gradium_phonon_tts higgs_audio higgs_audio_v3 higgs_multimodal_qwen3 indextts irodori_tts kitten kitten_tts kokoro kugelaudio lingv3_tts longcat longcat_audiodit marvis melotts moss_tts moss_tts_delay moss_tts_local moss_tts_nano omnivoice outetts pocket_tts qwen3_tts rumik_oss sesame soprano spark tada vibevoice vibevoice_streaming voxcpm voxcpm1.5 voxcpm2 voxtral_tts zonos2",
    hears:
      "canary cohere_asr fireredasr2 fun_asr_nano glm glmasr granite_speech granite_speech5_ctc granite_speech_nar granite_speech_plus higgs_audio_3 lasr_ctc mega_asr mimo mimo_v2_asr ming_v3_asr mms moonshine moss_music moss_transcribe_diarize nemo nemotron_asr parakeet parakeet_tdt parakeet_tdt_five_value phonon phonon2 qwen2_audio qwen3_asr qwen3_forced_aligner sensevoice vibevoice vibevoice_asr voxtral voxtral_realtime wav2vec whisper",
    converses:
      "bailing_moe_v3_audio deepfilter deepfilternet deepfilternet3 dialogue_sidon dialoguesidon lfm2.5 lfm2_audio lfm_audio mel_roformer mimo_audio ming_v3_audio moshi moshiko mossformer2 mossformer2_se nemotron_voicechat sam_audio samaudio",
  },
};
