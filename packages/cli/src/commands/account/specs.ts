import type { CommandSpec } from "../../command-line/command-spec.ts";

/** `mlx-download login` */
export const login: CommandSpec = {
  name: "login",
  group: "Account and settings",
  aliases: ["auth login"],
  usage: "",
  summary: "log in to the Hub in a browser, or with a token from standard input",
  operands: { min: 0, max: 0 },
  flags: ["tokenStdin", "token", "keychain", "endpoint"],
  examples: [
    { line: "mlx-download login", purpose: "shows a code to confirm in any browser" },
    { line: "mlx-download login --token-stdin < token.txt", purpose: "with a token of the Hub" },
    { line: "mlx-download login --keychain", purpose: "into this system's keychain" },
  ],
  notes: [
    "The token is kept where the Python client keeps its own (HF_HOME/token), so that hf, mlx-lm and this tool share one login. In a keychain only this tool finds it.",
  ],
  load: () => import("./login.ts"),
};

/** `mlx-download logout` */
export const logout: CommandSpec = {
  name: "logout",
  group: "Account and settings",
  aliases: ["auth logout"],
  usage: "",
  summary: "forget every Hub token on this machine, that of hf and mlx-lm too",
  operands: { min: 0, max: 0 },
  flags: ["endpoint"],
  examples: [{ line: "mlx-download logout", purpose: "the files, and the keychain if it is used" }],
  load: () => import("./logout.ts"),
};

/** `mlx-download whoami` */
export const whoami: CommandSpec = {
  name: "whoami",
  group: "Account and settings",
  aliases: ["auth whoami"],
  usage: "",
  summary: "print the name of the account. Exit 3 when not logged in",
  operands: { min: 0, max: 0 },
  flags: ["endpoint", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download whoami", purpose: "and on standard error where the token is from" },
  ],
  load: () => import("./whoami.ts"),
};

/** `mlx-download auth token` */
export const authToken: CommandSpec = {
  name: "auth token",
  group: "Account and settings",
  aliases: [],
  usage: "",
  summary: "print the Hub token that requests are sent with, and nothing else. Exit 3 without one",
  operands: { min: 0, max: 0 },
  flags: ["endpoint"],
  examples: [
    {
      line: 'curl -H "Authorization: Bearer $(mlx-download auth token)" https://huggingface.co/api/whoami-v2',
      purpose: "for another program",
    },
  ],
  notes: [
    "This is the one command that shows a token. --json adds where it is from. A browser login that is about to expire is renewed first.",
  ],
  load: () => import("./auth-token.ts"),
};
