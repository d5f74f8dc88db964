/** Options that describe the machine and the use a model is checked against. */
export const fitFlags = {
  ctx: {
    name: "ctx",
    type: "text",
    value: "TOKENS",
    aliases: ["context"],
    summary: "context length to plan for, such as 32768 or 32k (default 8k, or the model's own)",
  },
  memory: {
    name: "memory",
    type: "text",
    value: "SIZE",
    summary: "imagine a Mac with so much memory, such as 64G",
  },
  chip: {
    name: "chip",
    type: "text",
    value: "CHIP",
    summary: "imagine another chip, such as m4-max",
  },
  kvBits: {
    name: "kv-bits",
    type: "count",
    value: "N",
    summary: "keys and values quantized to N bits, as mlx-lm's --kv-bits",
  },
  prefillStep: {
    name: "prefill-step",
    type: "count",
    value: "N",
    summary: "tokens of the prompt at once, as mlx-lm's --prefill-step-size (default 2048)",
  },
  images: {
    name: "images",
    type: "count",
    value: "N",
    summary:
      "images of a megapixel in the prompt, whose tokens are part of --ctx, for models that see",
  },
  keptPrompts: {
    name: "kept-prompts",
    type: "count",
    value: "N",
    summary: "prompts of this length that mlx_lm.server keeps, as its --prompt-cache-size",
  },
  draftModel: {
    name: "draft-model",
    type: "text",
    value: "MODEL",
    summary: "count a model that drafts too, as mlx-lm's --draft-model",
  },
  adapter: {
    name: "adapter",
    type: "text",
    value: "FOLDER",
    summary: "count an adapter's weights too, as mlx-lm's --adapter-path",
  },
  batch: { name: "batch", type: "count", value: "N", summary: "sequences at once (default 1)" },
  fitPython: {
    name: "fit-python",
    type: "text",
    value: "PYTHON",
    summary:
      "answer by the mlx-lm and MLX installed in this Python: its path, or auto to find it. About a second (default off: a built-in table)",
  },
  trustRemoteCode: {
    name: "trust-remote-code",
    type: "switch",
    summary:
      "judge as if the model's own Python code may run, as mlx-lm's --trust-remote-code; nothing of it runs here",
  },
  task: {
    name: "task",
    type: "text",
    value: "TASK",
    choices: ["chat", "code", "vision", "embedding", "speech", "draft"],
    summary: "the purpose of the model: chat (default), code, vision, embedding, speech, draft",
  },
  minSpeed: {
    name: "min-speed",
    type: "count",
    value: "N",
    summary: "tokens a second that are wished for",
  },
  fits: {
    name: "fits",
    type: "switch",
    summary:
      "only models that fit this machine (or the imagined one), by an estimate from name and counts",
  },
  requireFit: {
    name: "require-fit",
    type: "switch",
    summary:
      "download only a model that fits this machine (or the one described) and loads. Exit 8 otherwise",
  },
  best: {
    name: "best",
    type: "switch",
    summary:
      "of the model with this name, download the variant that mlx-download recommend puts first for this machine (or the one described)",
  },
} as const;
