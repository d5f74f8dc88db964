// The commands of a fresh machine, for any Node >= 20 without a dependency:
//   node scripts/bootstrap.mjs start [ARGS]         the demo, or `mlx-download ARGS` from this checkout
//   node scripts/bootstrap.mjs pack                 the packages as npm would have them, in release/
//   node scripts/bootstrap.mjs test [VITEST ARGS]   every check and every test
// Brings the pinned Node and pnpm where the machine's are missing or too old, installs, builds, then becomes the
// program: its stdio, its exit code, its signals. What the bootstrap itself has to say goes to stderr.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { become, run } from "./bootstrap/child.mjs";
import { installDependencies } from "./bootstrap/dependencies.mjs";
import { holdLock } from "./bootstrap/lock.mjs";
import { bringToolchain } from "./bootstrap/toolchain.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [mode = "", ...args] = process.argv.slice(2);

/** @type {Record<string, (() => string[]) | undefined>} */
const programs = {
  start: () =>
    args.length > 0
      ? [join(root, "packages/cli/dist/bin.js"), ...args]
      : [join(root, "scripts/demo.ts")],
  pack: () => [join(root, "scripts/pack.ts")],
  test: () => [join(root, "scripts/test.ts"), ...args],
};

const program = programs[mode];
if (!program) {
  process.stderr.write(
    "usage: node scripts/bootstrap.mjs start [ARGS] | pack | test [VITEST ARGS]\n",
  );
  process.exit(2);
}

try {
  const { node, env } = await prepare();
  await become(node, program(), { env });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (mode === "test") process.stdout.write("0 passed, 1 failed, 0 skipped\n");
  process.exitCode = 1;
}

/** Toolchain, dependencies and (where it is not one of the checks) the build; one run at a time in a checkout. */
async function prepare() {
  const release = await holdLock(join(root, ".toolchain/lock"));
  try {
    const toolchain = await bringToolchain(root);
    await installDependencies(root, toolchain);
    if (mode !== "test") {
      await run(
        join(root, "node_modules/.bin/turbo"),
        ["run", "build", "--output-logs=errors-only"],
        {
          cwd: root,
          env: toolchain.env,
          quiet: true,
        },
      );
    }
    return toolchain;
  } finally {
    await release();
  }
}
