import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, onTestFinished, test } from "vitest";

// The module's own tests, in each environment, against one test Hub.

const root = fileURLToPath(new URL("../python", import.meta.url));

/** Whether the environment has a tool; says so where it has not. */
function has(bin: string | undefined, tool: string): boolean {
  const there = bin !== undefined && existsSync(join(bin, tool));
  if (bin && !there) process.stderr.write(`skipped: ${bin} has no ${tool} (pnpm python-envs)\n`);
  return there;
}

describe.each(["hub-2.4.0", "hub-1.33.0", "hub-0.34.6"] as const)(
  "the Python module in %s",
  (name) => {
    const env = pythonEnv(name);

    test.skipIf(!has(env?.bin, "pytest"))("passes its tests", async () => {
      const hub = await startTestHub();
      onTestFinished(() => hub.close());
      const tiny = { tags: ["mlx"], downloads: 1234 };
      await hub.addRepo("mlx-community/Tiny-4bit", tinyModelFiles(), { ...tiny, revision: "v1" });
      await hub.addRepo("mlx-community/Tiny-4bit", tinyModelFiles(), tiny);
      await hub.addRepo("mlx-community/Other", { "a.txt": "a" }, { tags: ["mlx"], downloads: 5 });
      await hub.addRepo("acme/Gated", { "a.txt": "b" }, { gated: "manual" });
      const home = await tempDir();
      const result = await run(
        join(env?.bin ?? "", "python"),
        ["-m", "pytest", "-q", "--color=no"],
        {
          cwd: root,
          env: {
            PATH: process.env["PATH"],
            HOME: home,
            HF_HOME: join(home, "hf"),
            HF_ENDPOINT: hub.url,
            HF_HUB_DISABLE_TELEMETRY: "1",
            PYTHONPATH: root,
            PYTHONDONTWRITEBYTECODE: "1",
          },
        },
      );
      expect(result.code, result.stdout + result.stderr).toBe(0);
      expect(result.stdout).not.toMatch(/skipped/);
    });
  },
);

const env = pythonEnv("hub-2.4.0");
test.skipIf(!has(env?.bin, "mypy"))("the Python module is typed, strictly", async () => {
  const cache = await tempDir();
  const args = ["-m", "mypy", "--cache-dir", cache];
  const { code, stdout } = await run(env?.python ?? "", args, {
    cwd: root,
    env: { PATH: process.env["PATH"] },
  });
  expect(code, stdout).toBe(0);
});
