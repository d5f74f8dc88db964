// node --conditions=@mlx-download/source scripts/mlx-lm-table.ts: writes what the mlx-lm of the Python environment `mlx` can load.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { pythonEnv, run } from "@mlx-download/test-utils";
import { moduleTensors } from "./module-tensors.ts";
import { architectures, smallConfig } from "../packages/fit/test/architectures.ts";

const root = new URL("..", import.meta.url);
const sources = fileURLToPath(new URL("packages/fit/src", root));
const env = pythonEnv("mlx");
const smallConfigs = Object.fromEntries(architectures.map((name) => [name, smallConfig(name)]));
if (env) {
  const script = fileURLToPath(new URL("scripts/python/mlx_lm_table.py", root));
  const { code, stdout, stderr } = await run(env.python, [script]);
  if (code !== 0) throw new Error(stderr);
  const {
    arguments: modelArguments,
    tokenizers,
    ...support
  } = JSON.parse(stdout) as Readonly<Record<string, unknown>> & {
    readonly tokenizers: {
      readonly version: string;
      readonly classes: string;
      readonly models: string;
    };
  };
  const head = "// Written by scripts/mlx-lm-table.ts from the packages it names: not by hand.\n";
  await writeFile(
    `${sources}/mlx-lm/table.ts`,
    `${head}import type { MlxLmSupport } from "./support.ts";

/** The models that the mlx-lm release known to this package can load. */
export const MLX_LM_TABLE: MlxLmSupport = ${JSON.stringify(support, null, 2)};
`,
  );
  await writeFile(
    `${sources}/mlx-lm/arguments.ts`,
    `${head}
/**
 * The settings that each module of that mlx-lm wants from a config, one word each: \`name!\` is required, \`name=3\` has
 * that default, \`name\` none. Of those that are not required, only those that decide about caches. \`module/text\`: those of its
 * \`text_config\`.
 */
export const MLX_LM_ARGUMENTS: Readonly<Record<string, string>> = ${JSON.stringify(modelArguments, null, 2)};
`,
  );
  await writeFile(
    `${sources}/mlx-lm/tokenizer-classes.ts`,
    `${head}
/** The classes of tokenizers that transformers ${tokenizers.version} has, without \`Fast\`. */
export const TOKENIZER_CLASSES: ReadonlySet<string> = new Set(
  ${JSON.stringify(tokenizers.classes)}.split(" "),
);

/** The model types that it has a tokenizer for, whatever class the repo names. */
export const TOKENIZER_MODELS: ReadonlySet<string> = new Set(
  ${JSON.stringify(tokenizers.models)}.split(" "),
);
`,
  );
  await writeFile(
    `${sources}/mlx-lm/tensors.ts`,
    `${head}import type { ModuleTensors } from "./module-tensors.ts";

/** The tensors that each module of that mlx-lm loads, found by building it from small configs and changing them. */
export const MLX_LM_TENSORS: Readonly<Record<string, ModuleTensors>> = ${JSON.stringify(await moduleTensors(env.python, smallConfigs), null, 2)};
`,
  );
  await run(fileURLToPath(new URL("node_modules/.bin/oxfmt", root)), [sources]);
}
