import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests run from source: this condition is first in every package's exports. They reach Node itself too, so `module` is not
// among them: it is for bundlers, and what packages hide behind it does not run in Node.
const conditions = ["@mlx-download/source", "node", "import", "default"];

// Node programs that tests start share what V8 made of their sources: most of what starting one costs.
const compileCache = fileURLToPath(new URL("node_modules/.cache/node-compile", import.meta.url));

const project = (name: string, include: string[]) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name,
    include,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, the default, is what a busy machine takes to start a program.
    expect: { poll: { timeout: 30_000 } },
    env: { NODE_COMPILE_CACHE: compileCache },
  },
});

const packages = readdirSync(new URL("packages", import.meta.url));

export default defineConfig({
  test: {
    // Vitest leaves one core to itself, which of two is half of the machine; most tests wait for programs and sockets.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      ...packages.map((name) =>
        project(name, [`packages/${name}/src/**/*.test.ts`, `packages/${name}/test/**/*.test.ts`]),
      ),
      project("bench", ["bench/src/**/*.test.ts", "bench/test/**/*.test.ts"]),
      project("workspace", ["scripts/**/*.test.ts", "tooling/**/*.test.ts", "docs/**/*.test.ts"]),
    ],
    coverage: { provider: "v8", include: ["packages/*/src/**"], exclude: ["**/*.test.ts"] },
  },
});
