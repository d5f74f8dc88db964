import type { CommandSpec } from "../command-spec.ts";

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
  load: () => import("../../commands/logout.ts"),
};
