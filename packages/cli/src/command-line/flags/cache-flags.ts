/**
 * Options of the cache commands: which repos they act on, which they keep, and where they copy
 * them.
 */
export const cacheFlags = {
  list: { name: "list", type: "switch", summary: "list the models in the cache (default)" },
  clearModel: {
    name: "clear-model",
    type: "text",
    value: "ID",
    summary: "delete one model from the cache, all its revisions",
  },
  clear: {
    name: "clear",
    type: "switch",
    summary: "delete all MLX models from the cache. Other models, datasets and spaces stay",
  },
  repoType: {
    name: "type",
    type: "text",
    value: "TYPE",
    choices: ["model", "dataset", "space", "kernel"],
    summary: "the type of the named repo: model (default), dataset, space, kernel",
  },
  where: {
    name: "where",
    type: "list",
    value: "CONDITION",
    summary:
      "only revisions for which it holds. Several must all hold: size>10GB, accessed>30d, modified<2w, type=model, refs=none, name=org/*, mlx=true",
  },
  keepNewest: {
    name: "keep-newest",
    type: "count",
    value: "N",
    summary: "the N newest revisions of every repo stay",
  },
  maxSize: {
    name: "max-size",
    type: "bytes",
    value: "SIZE",
    summary: "the largest allowed size of the cache: 200GB, 1.5T",
  },
  grace: {
    name: "grace",
    type: "text",
    value: "AGE",
    summary:
      "how long unfinished data and temporary files stay after the last write (default 7d, or 1d for data that cannot be resumed)",
  },
  quick: {
    name: "quick",
    type: "switch",
    summary: "lengths and safetensors headers only, without reading weights",
  },
  hub: {
    name: "hub",
    type: "switch",
    summary: "compare with the Hub's listing instead of the recorded one",
  },
  threads: {
    name: "threads",
    type: "count",
    value: "N",
    summary: "threads that read and hash (default: one a core)",
  },
  to: {
    name: "to",
    type: "text",
    value: "PLACE",
    summary: "where to",
  },
  layout: {
    name: "layout",
    type: "text",
    value: "NAME",
    choices: ["org/name", "lmstudio", "jan", "org--name", "flat"],
    summary:
      "how the program lays out its models: org/name (default), lmstudio, jan (with its model.yml), org--name (exo), flat",
  },
  remove: {
    name: "remove",
    type: "switch",
    summary: "remove the view. The cache keeps the model",
  },
  revisions: { name: "revisions", type: "switch", summary: "a line for each revision" },
  yes: { name: "yes", type: "switch", aliases: ["y"], summary: "without asking" },
} as const;
