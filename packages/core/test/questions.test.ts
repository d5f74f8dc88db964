import type { TestHubOptions } from "@mlx-download/hub-server/testing";
import { describe, expect, test } from "vitest";
import { MODEL, startRoad } from "./fixture.ts";

const COMMIT = "/api/models/acme/tiny/revision/main";
const tree = (revision: string): string => `/api/models/acme/tiny/tree/${revision}`;

async function start(options: TestHubOptions = {}) {
  const road = await startRoad(options);
  const { commit } = await road.hub.addRepo("acme/tiny", MODEL);
  const asked = (): string[] => {
    const paths = road.hub.log.of({ target: "api" }).map((entry) => entry.path);
    road.hub.log.clear();
    return paths;
  };
  return { ...road, commit, asked };
}

describe("the questions of a download to the Hub's API", () => {
  test("are two for a branch: its commit, then the tree of that commit", async () => {
    const { get, commit, asked } = await start();
    expect(await get("acme/tiny")).toMatchObject({ commit, bytes: { total: 3_000_029 } });
    expect(asked()).toEqual([COMMIT, tree(commit)]);
  });

  test("are one for a commit", async () => {
    const { get, commit, asked } = await start();
    await get(`acme/tiny@${commit}`);
    expect(asked()).toEqual([tree(commit)]);
  });

  test("are one for a branch whose commit the cache lists, none for such a commit", async () => {
    const { get, commit, asked } = await start();
    await get("acme/tiny");
    asked();
    await get("acme/tiny");
    expect(asked()).toEqual([COMMIT]);
    await get(`acme/tiny@${commit}`);
    expect(asked()).toEqual([]);
  });

  test("are one more for each further page of the tree, in which folders count", async () => {
    const { get, commit, asked } = await start({ treePageSize: 4 });
    expect((await get("acme/tiny")).files).toHaveLength(4);
    expect(asked()).toEqual([COMMIT, tree(commit), tree(commit)]);
  });

  test("get the tree of the commit that was named, also when the branch moves in between", async () => {
    const { get, hub, commit, asked } = await start();
    const arrived = Promise.withResolvers<void>();
    const moved = Promise.withResolvers<void>();
    const held = { on: "api", kind: "hold", until: moved.promise } as const;
    hub.faults.add({ ...held, path: tree(commit), onHit: () => arrived.resolve() });
    const download = get("acme/tiny");
    await arrived.promise;
    await hub.addRepo("acme/tiny", { "config.json": "{}\n" });
    moved.resolve();
    expect(await download).toMatchObject({ commit, bytes: { total: 3_000_029 } });
    expect(asked()).toEqual([COMMIT, tree(commit)]);
  });
});
