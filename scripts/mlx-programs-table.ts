// node --conditions=@mlx-download/source scripts/mlx-programs-table.ts: writes what today's mlx-vlm, mlx-embeddings and mlx-audio load.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@mlx-download/test-utils";
import { moduleTensors } from "./module-tensors.ts";

const root = new URL("..", import.meta.url);
const script = fileURLToPath(new URL("scripts/python/mlx_programs_table.py", root));
const target = fileURLToPath(new URL("packages/fit/src/mlx-programs/table.ts", root));
const folder = await mkdtemp(join(tmpdir(), "mlx-programs-"));
try {
  // Their sources are read, nothing of them runs: what they depend on is not needed.
  const names = ["mlx-vlm", "mlx-embeddings", "mlx-audio"];
  const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, ...names];
  const installed = await run("python3", pip, { timeoutMs: 600_000 });
  if (installed.code !== 0) throw new Error(installed.stderr);
  const { code, stdout, stderr } = await run("python3", [script, folder]);
  if (code !== 0) throw new Error(stderr);
  await writeFile(
    target,
    `// Written by scripts/mlx-programs-table.ts from the packages it names: not by hand.
import type { MlxPrograms } from "./mlx-programs.ts";

/** The model types that these releases load, by their own sources. */
export const MLX_PROGRAMS: MlxPrograms = ${JSON.stringify(JSON.parse(stdout), null, 2)};
`,
  );
  // A Python that mlx-embeddings runs in: its models are built, which needs MLX.
  const python = process.env["MLX_DOWNLOAD_PROGRAMS_PYTHON"];
  const tensors = fileURLToPath(new URL("packages/fit/src/mlx-programs/embedder-tensors.ts", root));
  if (python !== undefined) {
    const embedders = new URL("packages/fit/test/embedders.json", root);
    const configs = JSON.parse(await readFile(embedders, "utf8")) as Readonly<
      Record<string, object>
    >;
    const found = await moduleTensors(python, configs, ["mlx_embeddings"]);
    await writeFile(
      tensors,
      `// Written by scripts/mlx-programs-table.ts from the packages it names: not by hand.
import type { ModuleTensors } from "../mlx-lm/module-tensors.ts";

/** The tensors that the models of mlx-embeddings load, by model type. */
export const EMBEDDER_TENSORS: Readonly<Record<string, ModuleTensors>> = ${JSON.stringify(found, null, 2)};
`,
    );
  }
  await run(fileURLToPath(new URL("node_modules/.bin/oxfmt", root)), [target, tensors]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
