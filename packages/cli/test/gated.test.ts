import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { describe, expect, test } from "vitest";
import { modelFiles, type Stage, startStage } from "./stage.ts";

const repo = "org/gated";
const tokenOf = (name: string): string => `hf_TokenOf${name}0123456789`;

/** The command beside a Hub with a gated repo, logged in as `name` unless that is undefined. */
async function startGated(name?: string): Promise<Stage> {
  const stage = await startStage({ maskGated: true });
  const { store } = stage.hub;
  for (const user of ["anna", "ben", "carl", "dora", "eve"])
    store.addUser({ name: user, tokens: [tokenOf(user)] });
  // With a real tokenizer: the listing tells its size to everyone, and a few bytes are none.
  const { "tokenizer.json": tokenizer = "" } = tinyModelFiles();
  const files = { ...modelFiles(300_000), "tokenizer.json": tokenizer };
  await stage.hub.addRepo(repo, files, {
    gated: "manual",
    accepted: ["anna"],
    requests: { ben: "pending", carl: "rejected", dora: "reset" },
  });
  if (name !== undefined) stage.env["HF_TOKEN"] = tokenOf(name);
  return stage;
}

describe("a gated model without access is exit 3, in the words of its state", () => {
  test.each([
    [undefined, "anonymous", /accept conditions first[\s\S]*then set HF_TOKEN or/],
    ["eve", "not-asked", /eve has not asked for access yet[\s\S]*Ask for access at/],
    ["ben", "waiting", /request of ben is waiting[\s\S]*once access is granted/],
    ["carl", "rejected", /rejected the request of carl[\s\S]*Choose another model/],
    ["dora", "reset", /reset the request of dora[\s\S]*Ask for access again at/],
  ])("%s: %s", async (name, access, words) => {
    const { run } = await startGated(name);
    for (const args of [[repo], [repo, "--dry-run"], ["fit", repo], ["files", repo]]) {
      const { code, stderr } = await run(args);
      expect([args, code]).toEqual([args, 3]);
      expect(stderr).toMatch(words);
      expect(stderr).not.toMatch(/damaged|hostile/);
    }
    const json = await run([repo, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 1,
      error: { code: "hub/gated", exitCode: 3, access, account: name ?? null },
    });
  });
});

test("the card comes without access, and info says what is public and what is missing", async () => {
  const { run } = await startGated("ben");
  const card = await run([repo, "--include", "README.md"]);
  expect(card).toMatchObject({ code: 0 });

  const info = await run(["info", repo]);
  expect(info).toMatchObject({ code: 0 });
  expect(info.stdout).toMatch(
    /Access +waiting +org\/gated is gated: the request of ben is waiting/,
  );
  expect(info.stdout).toMatch(/Only public files are shown: 5 files \(.*\) cannot be read/);
  expect(info.stdout).toMatch(/Model +llama/);
  expect(info.stdout).toMatch(/Weights +600 kB in 2 files/);
  expect(info.stdout).toMatch(/Fits +unknown/);

  const json: unknown = JSON.parse((await run(["info", repo, "--json"])).stdout);
  expect(json).toMatchObject({
    schema: 1,
    modelType: "llama",
    weightsBytes: 600_000,
    loads: { verdict: "unknown" },
    fit: { verdict: "unknown" },
    access: { state: "waiting", missing: { files: 5 } },
  });
});

test("with access all is as with any model", async () => {
  const { run } = await startGated("anna");
  expect(await run([repo, "-q"])).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse((await run(["info", repo, "--json"])).stdout)).toMatchObject({ access: null });
});
