import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache pin`. */
export const cachePin: CommandSpec = {
  name: "cache pin",
  group: "Cache",
  aliases: [],
  usage: "[org/name[@revision]…]",
  summary: "keep models, whatever rm, prune or evict are asked; without a name, list the pins",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["repoType", "cacheDir"],
  examples: [
    {
      line: "mlx-download cache pin org/name",
      purpose: "keeps what main is, now and after updates",
    },
    {
      line: "mlx-download cache pin org/name@0123456789abcdef0123456789abcdef01234567",
      purpose: "keeps this commit, also from hf cache prune",
    },
    { line: "mlx-download cache pin", purpose: "the pins" },
  ],
  notes: [
    "A pinned branch or tag protects the commit that it points at. Python's hf cache rm knows no pins; hf cache prune leaves pinned commits alone, since each has a ref of its own.",
  ],
  load: () => import("../../commands/cache-pin.ts"),
};
