// node --conditions=@mlx-download/source scripts/mlx-lm-table.ts: writes what the mlx-lm of the Python environment `mlx` can load.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { pythonEnv, run } from "@mlx-download/test-utils";

const root = new URL("..", import.meta.url);
const table = fileURLToPath(new URL("packages/fit/src/mlx-lm-table.ts", root));
const env = pythonEnv("mlx");
if (env) {
  const script = fileURLToPath(new URL("scripts/python/mlx_lm_table.py", root));
  const { code, stdout, stderr } = await run(env.python, [script]);
  if (code !== 0) throw new Error(stderr);
  await writeFile(
    table,
    `// Written by scripts/mlx-lm-table.ts from the packages it names: not by hand.
import type { MlxLmSupport } from "./mlx-lm-support.ts";

/** What the mlx-lm release that this package knows can load. */
export const MLX_LM_TABLE: MlxLmSupport = ${JSON.stringify(JSON.parse(stdout), null, 2)};
`,
  );
  await run(fileURLToPath(new URL("node_modules/.bin/oxfmt", root)), [table]);
}
