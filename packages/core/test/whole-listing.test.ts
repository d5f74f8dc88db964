import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "@mlx-download/hub-server/testing";
import { describe, expect, test } from "vitest";
import { exists, failure, MODEL, type Road, startRoad } from "./fixture.ts";
import { serveTree } from "./front.ts";

const DEEP = { ...MODEL, "a/b/c/deep.txt": "deep\n", "a/b/mid.txt": "mid\n" } as const;

/** A Hub with `files`, whose tree answers are changed as `change` says before the client sees them. */
async function behindProxy(
  files: Readonly<Record<string, string | { size: number; seed: number }>>,
  change: (entries: Record<string, unknown>[], url: URL) => Record<string, unknown>[],
): Promise<Road> {
  const road = await startRoad();
  await road.hub.addRepo("acme/tiny", files);
  const front = await serveTree(road.hub.url, change);
  return { ...road, get: (ref, over = {}) => road.get(ref, { endpoint: front, ...over }) };
}

describe("a listing whose folders came without their content", () => {
  test.each([
    ["the root alone", (path: string) => !path.includes("/")],
    ["two levels", (path: string) => path.split("/").length <= 2],
  ])("is filled folder by folder (%s)", async (_, isShown) => {
    const { get, hub } = await behindProxy(DEEP, (entries, url) =>
      url.searchParams.get("recursive") === "true"
        ? entries.filter(({ path }) => isShown(String(path)))
        : entries,
    );
    const { files, path } = await get("acme/tiny");
    expect(files.map((file) => file.path).toSorted()).toEqual(Object.keys(DEEP).toSorted());
    expect(await readFile(join(path, "a/b/c/deep.txt"), "utf8")).toBe("deep\n");
    expect(hub.log.of(({ path: asked }) => asked.includes("/tree/")).length).toBeGreaterThan(1);
  });

  test("is filled from the model's own list where a server knows only its root", async () => {
    const { get } = await behindProxy(DEEP, (entries) =>
      entries.filter(({ path }) => !String(path).includes("/")),
    );
    const { files } = await get("acme/tiny");
    expect(files).toHaveLength(6);
  });

  test("fails with a code where nothing can fill it, and publishes nothing", async () => {
    const { get, hub, cacheDir } = await behindProxy(DEEP, (entries) =>
      entries.filter(({ path }) => !String(path).includes("/")),
    );
    hub.faults.add({ on: "api", path: /\/revision\/[0-9a-f]{40}$/, kind: "status", status: 404 });
    const error = await failure(get("acme/tiny"));
    expect(error.code).toBe("hub/bad-response");
    expect(error.message).toMatch(/not whole: it names the folder "a" and no file in it/);
    expect(await exists(join(cacheDir, "models--acme--tiny"))).toBe(false);
  });
});

describe("a full page without a next one", () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}.txt`, `${at}`]));
  const noLink: Fault = { on: "api", path: /\/tree\//, kind: "dropHeaders", names: ["link"] };

  test("is held against the model's own list", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/many", many(1003));
    hub.faults.add(noLink);
    expect((await get("acme/many")).files).toHaveLength(1003);
  });

  test("is the whole list when the model has no more", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/many", many(1000));
    expect((await get("acme/many")).files).toHaveLength(1000);
    const asked = hub.log.of(({ target }) => target === "api");
    expect(asked).toHaveLength(3);
  });

  test("fails with a code where the server has no such list, or cannot tell of what is missing", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/many", many(1003));
    hub.faults.add(noLink);
    const info = { on: "api", path: /\/revision\/[0-9a-f]{40}$/ } as const;
    const gone = hub.faults.add({ ...info, kind: "status", status: 404 });
    const full = await failure(get("acme/many"));
    expect(full).toMatchObject({ code: "hub/bad-response" });
    expect(full.message).toContain("ends after a full page");
    gone.remove();
    hub.faults.add({ on: "api", path: /paths-info/, kind: "status", status: 200, body: "[]" });
    const short = await failure(get("acme/many"));
    expect(short.message).toMatch(/3 of 1003 files are missing, "f\d+\.txt" among them/);
  });

  test("of a round length is doubted only where somebody can tell", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/fifty", many(50));
    hub.faults.add({ on: "api", path: /\/revision\/[0-9a-f]{40}$/, kind: "status", status: 404 });
    expect((await get("acme/fifty")).files).toHaveLength(50);
  });
});
