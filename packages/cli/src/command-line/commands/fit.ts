import type { CommandSpec } from "../command-spec.ts";
import { info } from "./info.ts";

/** `mlx-download fit` */
export const fit: CommandSpec = {
  ...info,
  name: "fit",
  aliases: [],
  summary: "the same, and exit 8 when the model does not fit or cannot load",
  examples: [
    { line: "mlx-download fit org/name --ctx 32k", purpose: "at 32,768 tokens" },
    { line: "mlx-download fit org/name --memory 32G -q", purpose: "for a script" },
  ],
  load: () => import("../../commands/fit.ts"),
};
