import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFiles, startStage, type Stage } from "./stage.ts";

const SLUG = "acme/picks-65a1b2c3d4e5f60718293a4d";

/** A stage whose Hub has a collection of two models. */
async function startCollected(): Promise<Stage & { readonly home: string }> {
  const stage = await startStage();
  const { hub, env } = stage;
  for (const [at, name] of ["one", "two", "three"].entries()) {
    await hub.addRepo(`acme/${name}`, { ...modelFiles(4000), "id.txt": String(at) });
  }
  hub.store.addCollection({
    slug: SLUG,
    title: "Picks",
    items: [{ repoId: "acme/one", note: "small" }, { repoId: "acme/two" }],
  });
  return { ...stage, home: env["HOME"] ?? "" };
}

test("a collection of the Hub is shown, and downloaded whole with its plan before", async () => {
  const { run } = await startCollected();
  const shown = await run(["collection", "show", SLUG, "--json"]);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    kind: "hub",
    name: SLUG,
    title: "Picks",
    models: [
      { repoId: "acme/one", note: "small", gated: false, here: false },
      { repoId: "acme/two", note: null },
    ],
  });
  const planned = await run(["get", `collection:${SLUG}`, "--dry-run", "--json"]);
  expect(JSON.parse(planned.stdout)).toMatchObject({
    results: [{ repoId: "acme/one" }, { repoId: "acme/two" }],
  });
  const got = await run(["get", `collection:${SLUG}`]);
  expect(got.code, got.stderr).toBe(0);
  expect(got.stdout.trim().split("\n")).toHaveLength(2);
  expect(got.stderr.indexOf("2 models")).toBeLessThan(got.stderr.indexOf("[acme/one] Resolved"));
  const again = await run(["collection", "show", `https://huggingface.co/collections/${SLUG}`]);
  expect(again.stdout).toMatch(/acme\/one +yes/);
});

test("what is no collection has its own error", async () => {
  const { run } = await startCollected();
  const codeOf = async (...args: string[]): Promise<unknown> => {
    const { code, stdout } = await run([...args, "--json"]);
    return [code, (JSON.parse(stdout) as { error: { code: string } }).error.code];
  };
  expect(await codeOf("collection", "show", "acme/none-1")).toEqual([4, "collection/not-found"]);
  expect(await codeOf("collection", "show", "a/b/c")).toEqual([2, "collection/invalid"]);
  expect(await codeOf("get", "collection:nothing")).toEqual([4, "collection/not-found"]);
  expect(await codeOf("get", "collection:./no.json")).toEqual([4, "collection/not-found"]);
});

test("a local collection is made, shared as a file, and had by others", async () => {
  const { run, home } = await startCollected();
  const added = await run(["collection", "add", "mine", "acme/one", "acme/three@main"]);
  expect(added.stdout).toBe("acme/one\nacme/three@main\n");
  expect((await run(["collection", "remove", "mine", "acme/one"])).stdout).toBe(
    "acme/three@main\n",
  );
  const shared = await run(["collection", "share", "mine"]);
  expect(JSON.parse(shared.stdout)).toEqual({ models: { three: "acme/three@main" } });
  const part = { models: { three: { ref: "acme/three", include: ["config.json"] } } };
  await writeFile(join(home, "picks.json"), JSON.stringify(part));
  const got = await run(["get", "collection:./picks.json", "--json"]);
  const { results } = JSON.parse(got.stdout) as { results: { files: { path: string }[] }[] };
  expect(results.map(({ files }) => files.map(({ path }) => path))).toEqual([["config.json"]]);
  expect((await run(["get", "collection:mine", "-q"])).code).toBe(0);
  expect((await run(["collection", "rm", "mine"])).code).toBe(0);
  expect((await run(["collection", "ls", "-q"])).stdout).toBe("");
});

test("a followed collection says what came and went, once a day, until it is shown", async () => {
  const { hub, run, env, home } = await startCollected();
  expect((await run(["collection", "follow", `collection:${SLUG}`])).code).toBe(0);
  hub.log.clear();
  const list = async (): Promise<object> => {
    const { stdout } = await run(["collection", "ls", "--json"]);
    return (JSON.parse(stdout) as { collections: object[] }).collections[0] ?? {};
  };
  expect(await list()).toMatchObject({ name: SLUG, models: 2, added: [], removed: [] });
  expect(hub.log.entries).toEqual([]);
  const file = join(
    env["XDG_STATE_HOME"] ?? join(home, ".local", "state"),
    "mlx-download/collections/followed.json",
  );
  const text = await readFile(file, "utf8");
  const older = text
    .replace(/"acme\/two"/, '"acme/gone"')
    .replace(/"checkedAt": "\d+/, '"checkedAt": "2020');
  await writeFile(file, older);
  expect(await list()).toMatchObject({ added: ["acme/two"], removed: ["acme/gone"] });
  await run(["collection", "show", SLUG]);
  expect(await list()).toMatchObject({ added: [], removed: [] });
  expect((await run(["collection", "unfollow", SLUG])).code).toBe(0);
  expect((await run(["collection", "unfollow", SLUG])).code).toBe(4);
});
