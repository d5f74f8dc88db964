import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

// Tests run from source: this condition is first in every package's exports.
const conditions = ["@mlx-download/source", "node", "import", "module", "default"];

const project = (name: string, include: string[]) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name, include, testTimeout: 60_000, hookTimeout: 120_000 },
});

const packages = readdirSync(new URL("packages", import.meta.url));

export default defineConfig({
  test: {
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
