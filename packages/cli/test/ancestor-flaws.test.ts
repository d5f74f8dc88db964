import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { modelFiles, startStage } from "./stage.ts";

/** What was wrong with the tool before this one, one by one, each shown gone: here, or by the test that is named. */

const root = fileURLToPath(new URL("../../..", import.meta.url));
const repo = "mlx-community/Tiny-4bit";

const proofs: readonly (readonly [flaw: string, file: string, name: string])[] = [
  [
    "1: nothing works from the built package",
    "scripts/packed.test.ts",
    "the libraries from tarballs in an empty project: import and require work",
  ],
  [
    "2: list always fails over a banner",
    "packages/cli/test/ancestor.test.ts",
    "list with each of its options",
  ],
  [
    "3: a download into a folder always fails",
    "packages/cli/test/download.test.ts",
    "--local-dir puts plain files into the folder and names it",
  ],
  [
    "4: a repo id that climbs out deletes other folders",
    "packages/cli/test/cache.test.ts",
    "--clear-model %j is refused and deletes nothing",
  ],
  [
    "5: --clear takes everybody's models",
    "packages/cli/test/cache.test.ts",
    "--clear deletes MLX models and leaves the rest of the shared cache",
  ],
  [
    "8: a list that fails is an empty list",
    "packages/cli/test/ancestor.test.ts",
    "a Hub that cannot be reached is an error, not an empty list",
  ],
  [
    "9: --filter looks at the first page only",
    "packages/cli/test/list.test.ts",
    "the search is the server's, before the limit",
  ],
  [
    "10: progress is text on stderr, cut anywhere",
    "packages/cli/test/schema.test.ts",
    "every line of --events is what the schema in the package says",
  ],
  [
    "11: quantization and wholeness are guessed from names",
    "packages/core/test/mlx-model-downloader.test.ts",
    "cached models are those that are whole, by what their own files say",
  ],
  [
    "12: what is cached needs the network",
    "packages/cli/test/download.test.ts",
    "a second run finds everything, also without a network",
  ],
  [
    "14: python3 of the PATH, whatever it has",
    "packages/python-bridge/test/faults.test.ts",
    "without huggingface_hub the hint is the one command, by pip or by uv; the rest still works",
  ],
  [
    "15: the token is in the arguments of a process",
    "packages/python-bridge/test/faults.test.ts",
    "shows its token to nobody: not in ps, not in the environment, not to Node's listeners",
  ],
  [
    "15: the token goes wherever a redirect leads",
    "packages/core/test/access.test.ts",
    "the token reaches the Hub's own host and nobody else, in no event, error or file",
  ],
  [
    "15: no abort, and nothing of it is kept",
    "packages/cli/test/interrupt.test.ts",
    "Ctrl-C keeps what came, names the command that goes on, and that command goes on",
  ],
  [
    "15: no checksum",
    "packages/cli/test/download.test.ts",
    "damaged bytes end with exit code 7 and publish nothing",
  ],
  [
    "15: Python is left behind",
    "packages/python-bridge/test/faults.test.ts",
    "leaves no process behind when Node is killed",
  ],
  [
    "16: unknown options and wrong numbers are taken",
    "packages/cli/test/ancestor.test.ts",
    "-h and --version answer, unknown options and wrong numbers do not start a download",
  ],
  [
    "16: piped JSON is cut",
    "packages/cli/test/download.test.ts",
    "a large JSON value arrives whole through a pipe",
  ],
  [
    "18: failures are told apart by their text",
    "packages/cli/src/failure/exit-code.test.ts",
    "every code exits as the error reference says",
  ],
];

test.each(proofs)("%s: gone, see %s", async (_, file, name) => {
  expect(await readFile(join(root, file), "utf8")).toContain(`"${name}"`);
});

test("6: a revision can be named, is kept apart and is found again by its name", async () => {
  const { hub, run } = await startStage();
  const old = await hub.addRepo(repo, { "config.json": `{"old": true}` }, { revision: "v1" });
  const now = await hub.addRepo(repo, { "config.json": "{}" });
  const pinned = await run([repo, "--revision", "v1", "-q"]);
  expect(pinned.stdout, pinned.stderr).toContain(old.commit);
  expect((await run([`${repo}@${now.commit}`, "-q"])).stdout).toContain(now.commit);
  expect(await run(["path", `${repo}@v1`])).toMatchObject({ code: 0, stdout: pinned.stdout });
});

test("7: nothing of Python is needed, whatever the Hub's client has removed since", async () => {
  const { hub, run, env } = await startStage();
  await hub.addRepo(repo, modelFiles(1000));
  env["PATH"] = await tempDir();
  for (const args of [[repo], ["list"], ["cache", "--list"]])
    expect(await run([...args, "-q"])).toMatchObject({ code: 0, stderr: "" });
});

test("13: the cache is where the variables say, and a listing makes no folder", async () => {
  const { hub, run, env, cacheDir } = await startStage();
  await hub.addRepo(repo, modelFiles(1000));
  expect((await run(["list"])).code).toBe(0);
  expect(existsSync(cacheDir)).toBe(false);
  const elsewhere = join(await tempDir(), "models");
  env["HF_HUB_CACHE"] = elsewhere;
  expect((await run([repo, "-q"])).stdout).toContain(elsewhere);
  expect(existsSync(cacheDir)).toBe(false);
});

test("17: what begins with a dash is never taken for an option of anything", async () => {
  const { hub, run } = await startStage();
  for (const args of [
    ["--", "--token=x"],
    ["get", "--", "-rf/x"],
    ["cache", "--clear-model=--all", "--yes"],
  ])
    expect((await run(args)).code, args.join(" ")).toBe(2);
  await hub.addRepo(repo, modelFiles(1000));
  const { code, stderr } = await run([repo, "--include=-*", "--json"]);
  expect({ code, stderr: stderr.includes("select") || stderr.includes("match") }).toEqual({
    code: 2,
    stderr: true,
  });
  expect(hub.log.of({ target: "cdn" })).toEqual([]);
});
