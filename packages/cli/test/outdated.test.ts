import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startStage, type Stage } from "./stage.ts";
import { changedStage, changes, first, jsonOf } from "./versions-stage.ts";

interface Outdated {
  readonly models: readonly {
    readonly repoId: string;
    readonly here: string;
    readonly changes: readonly string[];
    readonly pinned: boolean;
    readonly locked: boolean;
    readonly bytesToFetch: number;
  }[];
  readonly failed: readonly { readonly repoId: string; readonly code: string }[];
}

const outdated = (stage: Stage, ...args: readonly string[]): Promise<Outdated> =>
  jsonOf(stage, "outdated", ["outdated", ...args]);

test("what changed upstream is told by kind, what did not is left out", async () => {
  const stage = await changedStage();
  const { models, failed } = await outdated(stage);
  expect(failed).toEqual([]);
  expect(models.map(({ repoId, changes: kinds }) => [repoId, kinds])).toEqual(
    Object.keys(changes)
      .toSorted()
      .map((name) => [`org/${name}`, [name]]),
  );
  expect(models.find(({ repoId }) => repoId === "org/weights")?.bytesToFetch).toBe(40_000);
  const { code, stdout } = await stage.run(["outdated", "org/card", "--exit-code"]);
  expect(code).toBe(12);
  expect(stdout).toMatch(/^MODEL +HERE +UPSTREAM +CHANGED +KIND +TO FETCH/);
  expect(stdout).toMatch(/^org\/card +\w{7} +\w{7} +2026-11-01 +card +6 B$/m);
  expect((await stage.run(["outdated", "org/same", "--exit-code"])).stderr).toContain(
    "none outdated",
  );
});

test("pinned and locked models are marked, those that are gone are told and end nothing", async () => {
  const stage = await changedStage();
  const { hub, run, env } = stage;
  await run(["cache", "pin", "org/card", "-q"]);
  hub.store.removeRepo("org/weights");
  const before = await outdated(stage);
  expect(before.failed).toEqual([
    expect.objectContaining({ repoId: "org/weights", code: "hub/repo-not-found" }),
  ]);
  const here = before.models.find(({ repoId }) => repoId === "org/config")?.here ?? "";
  const sha256 = "0".repeat(64);
  const { filesDigest, formatLock } = await import("@mlx-download/registry");
  const files = new Map([["config.json", { sha256, size: 1 }]]);
  const lock = formatLock({
    models: new Map([
      [
        "chat",
        {
          repoId: "org/config",
          repoObjectId: null,
          requested: "org/config",
          commit: here,
          resolvedAt: "2026-11-01T00:00:00.000Z",
          license: null,
          gated: false,
          selection: { include: [], exclude: [] },
          loads: { modelType: null, quantization: null },
          digest: filesDigest(files),
          files,
        },
      ],
    ]),
  });
  const folder = env["HOME"] ?? "";
  await writeFile(join(folder, "mlx-models.json"), '{ "models": { "chat": "org/config" } }');
  await writeFile(join(folder, "mlx-models.lock"), lock);
  const marked = (await outdated(stage)).models.filter(({ pinned, locked }) => pinned || locked);
  expect(marked.map(({ repoId, pinned, locked }) => ({ repoId, pinned, locked }))).toEqual([
    { repoId: "org/card", pinned: true, locked: false },
    { repoId: "org/config", pinned: false, locked: true },
  ]);
});

test("an empty cache has nothing to compare, and a Hub that is away is an error", async () => {
  const stage = await startStage();
  const empty = await stage.run(["outdated"]);
  expect(empty).toMatchObject({ code: 0, stdout: "" });
  expect(empty.stderr).toContain("No model in the cache");
  await stage.hub.addRepo("org/same", first);
  await stage.run(["org/same", "-q"]);
  await stage.hub.close();
  expect((await stage.run(["outdated"])).code).toBe(5);
});
