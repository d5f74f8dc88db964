/** Options about which models are listed. */
export const searchFlags = {
  filter: {
    name: "filter",
    type: "text",
    value: "TEXT",
    aliases: ["search"],
    summary: "only models whose name contains TEXT (the Hub searches)",
  },
  author: {
    name: "author",
    type: "text",
    value: "NAME",
    summary: "models of this user or organization (default mlx-community)",
  },
  all: { name: "all", type: "switch", summary: "MLX models of every author" },
  limit: { name: "limit", type: "count", value: "N", summary: "at most N" },
  sort: {
    name: "sort",
    type: "text",
    value: "KEY",
    choices: ["downloads", "likes", "created", "modified", "trending", "size", "used", "name"],
    summary: "the order",
  },
  quant: {
    name: "quant",
    type: "text",
    value: "Q",
    summary: "only models quantized so, by their names: 4bit, 8bit, bf16, mxfp4, dwq …",
  },
  online: {
    name: "online",
    type: "switch",
    summary: "ask the Hub, whatever the catalogue on this disk has",
  },
  group: {
    name: "group",
    type: "switch",
    summary: "one line a base model, with the quantizations there are of it",
  },
  exitCode: {
    name: "exit-code",
    type: "switch",
    summary: "end with exit code 12 where something differs",
  },
  full: {
    name: "full",
    type: "switch",
    summary: "read the whole list, as happens once a week to notice renamed and deleted models",
  },
} as const;
