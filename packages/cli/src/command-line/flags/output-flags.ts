/** Options about how a command speaks. */
export const outputFlags = {
  quiet: {
    name: "quiet",
    type: "switch",
    aliases: ["q"],
    summary: "no progress, no hints: only the data and errors",
  },
  plain: {
    name: "plain",
    type: "switch",
    summary:
      "progress as lines that stay, nothing drawn over: for screen readers and recordings. Also MLX_DOWNLOAD_PLAIN=1",
  },
  json: { name: "json", type: "switch", summary: "one JSON value on standard output" },
  events: {
    name: "events",
    type: "switch",
    summary: "every event as a line of JSON on standard output. The last is result or error",
  },
  agent: {
    name: "agent",
    type: "switch",
    summary:
      "for programs: JSON (or --events) and nothing else, no questions, no colour. Also MLX_DOWNLOAD_AGENT=1",
  },
  debug: {
    name: "debug",
    type: "switch",
    summary:
      "after an error: its code, request id, causes and their places in the source (secrets are masked)",
  },
  trace: {
    name: "trace",
    type: "text",
    value: "FILE",
    summary:
      "write what a download decides and why (connections, sources, retries) to FILE, for a bug report. Also MLX_DOWNLOAD_TRACE",
  },
  help: { name: "help", type: "switch", aliases: ["h"], summary: "show help" },
  version: { name: "version", type: "switch", aliases: ["V"], summary: "show the version" },
} as const;
