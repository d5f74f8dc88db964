import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download whoami` */
export const whoami: CommandSpec = {
  name: "whoami",
  group: "Account and settings",
  aliases: ["auth whoami"],
  usage: "",
  summary: "print the name of the account; exit 3 when nobody is logged in",
  operands: { min: 0, max: 0 },
  flags: ["endpoint", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download whoami", purpose: "and on standard error where the token is from" },
  ],
  load: () => import("../../commands/whoami.ts"),
};
