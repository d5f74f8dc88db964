import type { Fault, TestHubOptions } from "@mlx-download/hub-server/testing";
import { describe, expect, test } from "vitest";
import { failure, MODEL, type Road, startRoad } from "./fixture.ts";

const COMMIT = "/api/models/acme/tiny/revision/main";
const tree = (revision: string): string => `/api/models/acme/tiny/tree/${revision}`;
const asked = ({ hub }: Road): string[] => hub.log.of({ target: "api" }).map((entry) => entry.path);
const NEVER = new Promise<never>(() => undefined);

/** A road with the small model on it, and a Hub that fails in one way. */
async function start(options: TestHubOptions = {}, ...faults: readonly Fault[]) {
  const road = await startRoad(options);
  const { commit } = await road.hub.addRepo("acme/tiny", MODEL);
  for (const fault of faults) road.hub.faults.add(fault);
  return { ...road, road, commit };
}

describe("commit and listing of a branch", () => {
  test("are asked for at once", async () => {
    const both = Promise.withResolvers<void>();
    // Neither is answered before the other was asked for.
    const hold = { on: "api", kind: "hold", until: both.promise } as const;
    const { road, get, commit } = await start(
      {},
      { ...hold, path: COMMIT },
      { ...hold, path: tree("main"), onHit: () => both.resolve() },
    );
    expect(await get("acme/tiny")).toMatchObject({ commit, bytes: { total: 3_000_029 } });
    expect(asked(road).toSorted()).toEqual([COMMIT, tree("main")]);
  });

  test("come page by page, each of which says of which commit it is", async () => {
    const { road, get } = await start({ treePageSize: 2 });
    expect((await get("acme/tiny")).files).toHaveLength(4);
    expect(new Set(asked(road))).toEqual(new Set([COMMIT, tree("main")]));
  });

  const listing = { on: "api", path: tree("main") } as const;
  const other = { "x-repo-commit": "0".repeat(40) };
  const cases: Readonly<Record<string, { options?: TestHubOptions; fault?: Fault }>> = {
    "no page says its commit": { options: { quirks: { noRepoCommitOnApi: true } } },
    "the listing is redirected": { options: { quirks: { treeSlashRedirect: true } } },
    "a page comes again": { options: { quirks: { cursorIgnored: true }, treePageSize: 4 } },
    "a later page says no commit": {
      options: { treePageSize: 2 },
      fault: { ...listing, kind: "dropHeaders", names: ["x-repo-commit"], nth: 2 },
    },
    "a later page is another commit's": {
      options: { treePageSize: 2 },
      fault: { ...listing, kind: "setHeaders", headers: other, nth: 2 },
    },
    "the branch has moved": { fault: { ...listing, kind: "setHeaders", headers: other } },
    "the server fails": { fault: { ...listing, kind: "status", status: 503, retryAfter: 300 } },
    "it is refused by limit": {
      fault: { ...listing, kind: "status", status: 429, retryAfter: 300 },
    },
    "it is no list": { fault: { ...listing, kind: "loginPage" } },
    "the connection ends": { fault: { ...listing, kind: "hangUp" } },
  };
  test.each(Object.keys(cases))("are asked for one after the other when %s", async (name) => {
    const { options, fault } = cases[name] ?? {};
    const { road, get, commit, events } = await start(options, ...(fault ? [fault] : []));
    expect((await get("acme/tiny")).files).toHaveLength(4);
    expect(asked(road)).toContain(tree(commit));
    // Nobody hears of it.
    expect(events.filter(({ type }) => /retry|waiting|warning/.test(type))).toEqual([]);
  });

  test("are asked for one after the other when the listing does not come", async () => {
    const { road, get, commit, hub } = await start({}, { ...listing, kind: "hold", until: NEVER });
    expect((await get("acme/tiny")).files).toHaveLength(4);
    expect(asked(road)).toContain(tree(commit));
    const left = await hub.log.waitFor({ path: tree("main") });
    await expect.poll(() => left.outcome).toBe("broken");
  });

  test("a commit that is refused ends the listing, and is reported alone", async () => {
    const { road, get, events, hub } = await start(
      {},
      { ...listing, kind: "hold", until: NEVER },
      { on: "api", path: COMMIT, kind: "status", status: 403 },
    );
    expect((await failure(get("acme/tiny"))).code).toBe("hub/forbidden");
    expect(events.map(({ type }) => type)).toEqual(["resolving", "error"]);
    const left = await hub.log.waitFor({ path: tree("main") });
    await expect.poll(() => left.outcome).toBe("broken");
    expect(asked(road)).toHaveLength(2);
  });

  test("a server that asks to wait is asked for the listing no second time", async () => {
    const { road, get, hub } = await start(
      {},
      { on: "api", path: COMMIT, kind: "status", status: 503, retryAfter: 0, times: 2 },
      { ...listing, kind: "status", status: 503 },
    );
    await get("acme/tiny");
    expect(hub.log.of({ path: COMMIT })).toHaveLength(3);
    expect(hub.log.of({ path: tree("main") })).toHaveLength(1);
    expect(asked(road)).toHaveLength(5);
  });

  test("nothing is guessed where the cache knows the branch, or with one connection", async () => {
    const { road, get, hub, commit } = await start();
    await get("acme/tiny", { connections: 1 });
    expect(asked(road)).toEqual([COMMIT, tree(commit)]);
    hub.log.clear();
    await get("acme/tiny");
    expect(asked(road)).toEqual([COMMIT]);
    hub.log.clear();
    const { commit: next } = await hub.addRepo("acme/tiny", { "config.json": "{}\n" });
    await get("acme/tiny");
    expect(asked(road)).toEqual([COMMIT, tree(next)]);
  });
});
