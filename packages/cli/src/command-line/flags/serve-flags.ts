/** Options of the mirror: who reaches it, what it serves, and how it gets what it lacks. */
export const serveFlags = {
  host: {
    name: "host",
    type: "text",
    value: "ADDRESS",
    summary:
      "the address to listen on (default 127.0.0.1). Any other needs --public or --access-token",
  },
  public: {
    name: "public",
    type: "switch",
    summary: "whoever reaches the address may connect",
  },
  accessToken: {
    name: "access-token",
    type: "text",
    value: "FILE",
    summary:
      "the file with the token that clients must send as HF_TOKEN. It is made when it is absent (also MLX_DOWNLOAD_ACCESS_TOKEN)",
  },
  share: {
    name: "share",
    type: "text",
    value: "WHAT",
    choices: ["public", "all"],
    summary:
      "public (default): what the Hub gives to everyone, the rest only to a client whose own token the Hub accepts, or all: everything in the cache",
  },
  pullThrough: {
    name: "pull-through",
    type: "switch",
    summary: "fetch what the cache lacks from the Hub, once for all clients",
  },
  allow: {
    name: "allow",
    type: "list",
    value: "PATTERN",
    summary: "serve only these repos: mlx-community/*, org/name (several times: any of them)",
  },
  deny: {
    name: "deny",
    type: "list",
    value: "PATTERN",
    summary: "serve none of these repos. It wins over --allow",
  },
  refresh: {
    name: "refresh",
    type: "count",
    value: "SECONDS",
    summary: "ask about a branch again after so long (default 60)",
  },
  useMyToken: {
    name: "use-my-token",
    type: "switch",
    summary: "give clients what your own Hub token may read, private repos too",
  },
  foreground: {
    name: "foreground",
    type: "switch",
    summary: "share from this terminal, until Ctrl-C",
  },
  install: {
    name: "install",
    type: "switch",
    summary:
      "have the system run it with these options at each login: a launchd agent, a systemd unit",
  },
  uninstall: {
    name: "uninstall",
    type: "switch",
    summary: "end what --install wrote, and remove it",
  },
  tls: {
    name: "tls",
    type: "switch",
    summary: "serve https with a certificate of its own, made once. Its fingerprint is shown",
  },
  tlsCert: {
    name: "tls-cert",
    type: "text",
    value: "FILE",
    summary: "serve https with this certificate (PEM), with --tls-key",
  },
  tlsKey: {
    name: "tls-key",
    type: "text",
    value: "FILE",
    summary: "the private key of --tls-cert (PEM)",
  },
} as const;
