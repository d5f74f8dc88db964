import type { CommandSpec } from "../command-spec.ts";

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
  load: () => import("../../commands/login.ts"),
};
