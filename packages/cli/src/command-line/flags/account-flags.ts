/** Options for the account: which token is used, and where it is kept. */
export const accountFlags = {
  token: {
    name: "token",
    type: "text",
    value: "TOKEN",
    summary: "Hub token, visible to other users of this machine (prefer --token-stdin or HF_TOKEN)",
  },
  tokenStdin: {
    name: "token-stdin",
    type: "switch",
    summary: "read the Hub token from standard input",
  },
  keychain: {
    name: "keychain",
    type: "switch",
    summary: "keep the token in this system's keychain, and look there from now on",
  },
  origin: { name: "origin", type: "switch", summary: "say where each setting comes from" },
} as const;
