/** Options for the transfer: the source of the bytes, the connections, and the destination. */
export const transferFlags = {
  cacheDir: {
    name: "cache-dir",
    type: "text",
    value: "DIR",
    summary: "the hub cache (default HF_HUB_CACHE, HF_HOME/hub, ~/.cache/huggingface/hub)",
  },
  force: { name: "force", type: "switch", summary: "fetch everything again" },
  endpoint: {
    name: "endpoint",
    type: "list",
    value: "URL",
    summary:
      "the Hub or a mirror of it. Several times: all of them (default HF_ENDPOINT, https://huggingface.co)",
  },
  peers: {
    name: "peers",
    type: "list",
    value: "URL",
    summary:
      "other machines that may have the bytes: http://mini.local:8090, several times or with commas, auto for neighbours that share, on networks that you allowed, off for none (also MLX_DOWNLOAD_PEERS)",
  },
  connections: {
    name: "connections",
    type: "count",
    value: "N",
    summary: "connections at once, 1 to 64 (default 8)",
  },
  limitRate: {
    name: "limit-rate",
    type: "rate",
    value: "RATE",
    summary: "bytes a second at most, over all connections and models: 5M, 500k (default none)",
  },
  backend: {
    name: "backend",
    type: "text",
    value: "NAME",
    choices: ["native", "python"],
    summary:
      "the engine that downloads: native (default), or python, the Hub's Python client (finds it by PYTHON_PATH, the active environment, the PATH)",
  },
  xet: {
    name: "xet",
    type: "text",
    value: "WHEN",
    choices: ["auto", "on", "off"],
    summary:
      "when to fetch through Xet storage: auto (default: when that moves fewer bytes, or the plain route fails), on, off (also HF_HUB_DISABLE_XET=1)",
  },
  offline: {
    name: "offline",
    type: "switch",
    summary: "make no request, use the cache only (also HF_HUB_OFFLINE=1)",
  },
  dryRun: {
    name: "dry-run",
    type: "switch",
    summary: "show the plan and change nothing",
  },
  trust: {
    name: "trust",
    type: "text",
    value: "POLICY",
    choices: ["any", "scanned", "data"],
    summary:
      "the repos to accept: any (default), scanned (all files passed the Hub's scanners), data (no file can run code). Exit 10 otherwise",
  },
} as const;
