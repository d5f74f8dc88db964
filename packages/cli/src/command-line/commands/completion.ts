import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download completion <shell>` */
export const completion: CommandSpec = {
  name: "completion",
  group: "Account and settings",
  aliases: [],
  usage: "<bash | zsh | fish>",
  summary: "print the script that completes commands, options and cached models in a shell",
  operands: { min: 1, max: 1, what: "a shell" },
  flags: [],
  examples: [
    { line: "source <(mlx-download completion bash)", purpose: "in ~/.bashrc" },
    { line: "source <(mlx-download completion zsh)", purpose: "in ~/.zshrc, below compinit" },
    { line: "mlx-download completion fish | source", purpose: "in config.fish" },
  ],
  load: () => import("../../commands/completion.ts"),
};
