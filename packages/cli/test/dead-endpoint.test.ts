import { rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { modelFiles, type Stage, startStage } from "./stage.ts";

const repo = "mlx-community/tiny-4bit";
/** Nothing listens on the discard port. */
const dead = "http://127.0.0.1:9";

/** Every command that asks a Hub; `arrange` has the first endpoint alive. */
const commands: Readonly<
  Record<
    string,
    { readonly args: readonly string[]; readonly arrange?: (stage: Stage) => Promise<unknown> }
  >
> = {
  get: { args: [repo] },
  "get of a short name": { args: ["tiny-4bit"] },
  "get --dry-run": { args: [repo, "--dry-run"] },
  info: { args: ["info", repo] },
  files: { args: ["files", repo] },
  card: { args: ["card", repo] },
  list: { args: ["list"] },
  search: { args: ["search", "tiny"] },
  "verify --hub": { args: ["verify", repo, "--hub"], arrange: ({ run }) => run([repo, "-q"]) },
  repair: {
    args: ["repair", repo],
    arrange: async ({ run, cacheDir }) => {
      await run([repo, "-q"]);
      await rm(`${cacheDir}/models--mlx-community--tiny-4bit/blobs`, { recursive: true });
    },
  },
};

describe("with a dead first endpoint", () => {
  test.each(Object.keys(commands))("%s goes on with the next one", async (name) => {
    const { args = [], arrange } = commands[name] ?? {};
    const stage = await startStage();
    const { hub, env, run } = stage;
    await hub.addRepo(repo, modelFiles(100_000), { tags: ["mlx"] });
    await arrange?.(stage);
    env["HF_ENDPOINT"] = `${dead},${hub.url}`;
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error:")]);
  });

  test("doctor says which one is dead, and looks at both", async () => {
    const { hub, env, run } = await startStage();
    await hub.addRepo(repo, modelFiles(100), { tags: ["mlx"] });
    env["HF_ENDPOINT"] = `${dead},${hub.url}`;
    const { stdout } = await run(["doctor"]);
    expect(stdout).toMatch(/^fail {2}endpoint /m);
    expect(stdout).toMatch(/^ok {4}endpoint .* answers in/m);
  });
});
