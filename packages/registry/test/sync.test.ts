import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import {
  type CatalogueHub,
  catalogueStatus,
  openRegistry,
  planSync,
  type Registry,
  searchCatalogue,
  syncCatalogue,
} from "../src/index.ts";
import { fetchHub } from "./fetch-hub.ts";
import { addModels, freshRegistry, startHub } from "./fixture.ts";

const names = (registry: Registry, query: string): readonly string[] =>
  searchCatalogue(registry, query, { limit: 1000 }).models.map(({ repoId }) => repoId);

test("the first walk reads every page once, the next run only what is new", async () => {
  const hub = await startHub();
  await addModels(hub, 35);
  const { registry } = await freshRegistry();
  const source = fetchHub(hub.url);
  expect(planSync(registry, { endpoint: hub.url })).toMatchObject({ kind: "first", models: 0 });
  expect(() => searchCatalogue(registry, "model")).toThrow(
    expect.objectContaining({ code: "registry/no-catalogue" }),
  );

  const first = await syncCatalogue(registry, source);
  expect(first).toMatchObject({ kind: "first", added: 35, gone: 0, stopped: null });
  expect(names(registry, "model")).toHaveLength(35);
  expect(catalogueStatus(registry)).toMatchObject({
    models: 35,
    authors: 1,
    age: { source: "hub", endpoint: hub.url },
    resumeAtPage: null,
    syncing: false,
  });

  await hub.addRepo(
    "acme/brand-new-8bit",
    { "config.json": "{}" },
    { tags: ["mlx"], downloads: 7, lastModified: "2026-10-02T00:00:00.000Z" },
  );
  expect(planSync(registry, { endpoint: hub.url })).toMatchObject({ kind: "changes", requests: 1 });
  const second = await syncCatalogue(registry, source);
  expect(second).toMatchObject({ kind: "changes", added: 1, stopped: null });
  // The overlap of ten minutes is within the first two pages.
  expect(second.requests).toBeLessThanOrEqual(2);
  expect(names(registry, "brand new")).toEqual(["acme/brand-new-8bit"]);
});

test("killed after any page, the next run goes on behind it and finds the rest", async () => {
  const hub = await startHub();
  await addModels(hub, 60);
  const path = join(await tempDir(), "registry.db");
  let kills = 0;
  for (let ended = false; !ended;) {
    const child = spawn(
      process.execPath,
      [
        "--conditions=@mlx-download/source",
        join(import.meta.dirname, "sync-child.ts"),
        hub.url,
        path,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const exit = once(child, "exit");
    let said = "";
    child.stdout.setEncoding("utf8");
    for await (const lines of child.stdout) {
      said += String(lines);
      // The page is read, perhaps not stored: the kill falls between the two, too.
      if (kills < 5 && said.includes(`${(kills % 3) + 1}\n`)) break;
    }
    if (said.includes("{")) ended = true;
    else {
      child.kill("SIGKILL");
      kills += 1;
    }
    await exit;
  }
  expect(kills).toBeGreaterThanOrEqual(3);
  using registry = openRegistry({ path });
  expect(names(registry, "model")).toHaveLength(60);
  // No page is asked for a third time: a kill costs at most the one that was on its way.
  const asked = new Map<string, number>();
  for (const { url } of hub.log.entries) asked.set(url, (asked.get(url) ?? 0) + 1);
  expect(hub.log.entries.length).toBeLessThanOrEqual(7 + kills + 3);
});

test("what a killed first walk has stored can be searched", async () => {
  const hub = await startHub();
  await addModels(hub, 30);
  const { registry } = await freshRegistry();
  const stop = new AbortController();
  const result = await syncCatalogue(registry, fetchHub(hub.url), {
    signal: stop.signal,
    onProgress: ({ requests }) => {
      if (requests === 2) stop.abort();
    },
  });
  expect(result).toMatchObject({ kind: "first", stopped: "aborted", models: 20 });
  expect(names(registry, "model")).toHaveLength(20);
  expect(catalogueStatus(registry)).toMatchObject({ age: { source: "partial" }, resumeAtPage: 2 });
  expect(planSync(registry, { endpoint: hub.url }).kind).toBe("resume");
  expect(await syncCatalogue(registry, fetchHub(hub.url))).toMatchObject({
    kind: "resume",
    added: 10,
  });
  expect(catalogueStatus(registry).age?.source).toBe("hub");
});

test("a cursor that the Hub refuses begins the walk anew, and only once", async () => {
  const hub = await startHub();
  await addModels(hub, 30);
  const { registry } = await freshRegistry();
  const source = fetchHub(hub.url);
  let refusals = 1;
  const refusing = {
    ...source,
    listModels: async (request: Parameters<CatalogueHub["listModels"]>[0]) =>
      request.next !== undefined && refusals-- > 0
        ? ("cursor-refused" as const)
        : source.listModels(request),
  };
  expect(await syncCatalogue(registry, refusing)).toMatchObject({ added: 30, stopped: null });
  refusals = 2;
  await expect(syncCatalogue(registry, refusing, { full: true })).rejects.toMatchObject({
    code: "registry/bad-listing",
  });
  expect(names(registry, "model")).toHaveLength(30);
});

test("renamed, deleted and untagged models are found by the full walk", async () => {
  const hub = await startHub();
  await addModels(hub, 25);
  const { registry } = await freshRegistry();
  const source = fetchHub(hub.url);
  await syncCatalogue(registry, source);

  hub.store.removeRepo("acme/model-3-4bit");
  hub.store.changeSettings("acme/model-4-4bit", { tags: ["gguf"] });
  const result = await syncCatalogue(
    registry,
    // The embedded Hub makes `_id` of the name, the real one keeps it.
    {
      ...source,
      listModels: renaming(source, "acme/model-5-4bit", "elsewhere/model-5b-4bit"),
    },
    { full: true },
  );
  expect(result).toMatchObject({ kind: "full", gone: 2, stopped: null });
  const found = names(registry, "model");
  expect(found).toHaveLength(23);
  expect(found).toContain("elsewhere/model-5b-4bit");
  expect(found).not.toContain("acme/model-5-4bit");
});

function renaming(source: CatalogueHub, from: string, to: string): CatalogueHub["listModels"] {
  return async (request) => {
    const answer = await source.listModels(request);
    if (answer === "cursor-refused") return answer;
    const items = (answer.items as { id: string }[]).map((item) =>
      item.id === from ? { ...item, id: to } : item,
    );
    return { ...answer, items };
  };
}

test("a list that suddenly lacks most models does not empty the catalogue", async () => {
  const hub = await startHub(200);
  await addModels(hub, 120);
  const { registry } = await freshRegistry();
  await syncCatalogue(registry, fetchHub(hub.url));
  for (let at = 10; at < 120; at += 1) hub.store.removeRepo(`acme/model-${at}-4bit`);
  hub.log.clear();
  const result = await syncCatalogue(registry, fetchHub(hub.url), { full: true });
  expect(result.gone).toBe(0);
  expect(hub.log.entries.length).toBeLessThan(5);
  expect(names(registry, "model")).toHaveLength(120);
});

test("it stops by itself while a fifth of the quota is left, and says until when", async () => {
  const hub = await startHub();
  await addModels(hub, 30);
  const { registry } = await freshRegistry();
  hub.faults.add({ on: "api", kind: "setHeaders", headers: { ratelimit: '"api";r=99;t=120' } });
  const before = Date.now();
  const result = await syncCatalogue(registry, fetchHub(hub.url));
  expect(result).toMatchObject({ stopped: "rate-limit", requests: 1 });
  expect(result.until).toBeGreaterThanOrEqual(before + 120_000);
});

test.each([
  ["an empty list", "[]"],
  ["a list of nonsense", '[1, null, {"id": "../../etc"}, {"_id": "x", "id": "a/b"}, []]'],
])("%s is an error, and the catalogue stays", async (_what, body) => {
  const hub = await startHub();
  await addModels(hub, 5);
  const { registry } = await freshRegistry();
  await syncCatalogue(registry, fetchHub(hub.url));
  hub.faults.add({ on: "api", kind: "status", status: 200, body });
  await expect(syncCatalogue(registry, fetchHub(hub.url))).rejects.toMatchObject({
    code: "registry/bad-listing",
  });
  expect(names(registry, "model")).toHaveLength(5);
});

test("a list that leads back to itself ends", async () => {
  const hub = await startHub();
  await addModels(hub, 15);
  const { registry } = await freshRegistry();
  const source = fetchHub(hub.url);
  const result = await syncCatalogue(registry, {
    ...source,
    listModels: async (request) => {
      const answer = await source.listModels({ ...request, next: undefined });
      return answer === "cursor-refused" ? answer : { ...answer, next: `${hub.url}/again` };
    },
  });
  expect(result.requests).toBeLessThan(6);
  expect(names(registry, "model")).toHaveLength(10);
});

test("a second process is told that one is at it, and searches meanwhile", async () => {
  const hub = await startHub();
  await addModels(hub, 30);
  const { registry, path } = await freshRegistry();
  let free: () => void = () => {};
  const until = new Promise<void>((resolve) => {
    free = resolve;
  });
  const source = fetchHub(hub.url);
  await syncCatalogue(registry, source);
  hub.faults.add({ on: "api", kind: "hold", until });
  const running = syncCatalogue(registry, source, { full: true });
  using other = openRegistry({ path });
  await expect(syncCatalogue(other, source)).rejects.toMatchObject({
    code: "registry/sync-elsewhere",
  });
  expect(names(other, "model")).toHaveLength(30);
  expect(catalogueStatus(other).syncing).toBe(true);
  free();
  await running;
  expect(catalogueStatus(other).syncing).toBe(false);
});
