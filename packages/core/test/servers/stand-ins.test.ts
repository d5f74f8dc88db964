import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/settings/settings.ts";
import { failure, MODEL, provedBlobs, startRoad } from "../fixture.ts";
import { serveFront, serveTree } from "../front.ts";

type Entry = Record<string, unknown> & { readonly lfs?: { readonly oid: string } };

/** Text files as strings, so that a test can compute their checksums. */
const TEXTS = { "config.json": '{"model_type":"llama"}\n', "sub/notes.txt": "hello\n" } as const;
const hashOf = (algorithm: string, text: string): string =>
  createHash(algorithm).update(text).digest("hex");

describe("other ids in a listing", () => {
  test("the sha256 of an LFS file where its pointer's id would be", async () => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const endpoint = await serveTree(hub.url, (entries) =>
      (entries as Entry[]).map((entry) => (entry.lfs ? { ...entry, oid: entry.lfs.oid } : entry)),
    );
    expect((await get("acme/tiny", { endpoint })).files).toHaveLength(4);
    expect(await provedBlobs(cacheDir, "acme/tiny")).toHaveLength(4);
  });

  test("a sha256 for every file, and no LFS", async () => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", { ...TEXTS, "model.safetensors": { size: 300_000, seed: 1 } });
    const endpoint = await serveTree(hub.url, (entries) =>
      (entries as Entry[]).map(({ lfs, ...entry }) => {
        const text = TEXTS[entry["path"] as keyof typeof TEXTS];
        return { ...entry, oid: lfs?.oid ?? hashOf("sha256", text ?? "") };
      }),
    );
    const { files } = await get("acme/tiny", { endpoint });
    expect(files.every(({ digest }) => digest.startsWith("sha256:"))).toBe(true);
    expect(await provedBlobs(cacheDir, "acme/tiny")).toHaveLength(3);
  });

  test("an md5 for every file: verified by it, and kept by the sha256 of what came", async () => {
    const { hub, get, events, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", TEXTS);
    const byMd5 = (entries: readonly Record<string, unknown>[]) =>
      entries.map((entry) => ({
        ...entry,
        oid: hashOf("md5", TEXTS[entry["path"] as keyof typeof TEXTS] ?? ""),
      }));
    const endpoint = await serveTree(hub.url, (entries) => byMd5(entries));
    const { files } = await get("acme/tiny", { endpoint });
    expect(files.map(({ digest }) => digest).toSorted()).toEqual(
      Object.values(TEXTS)
        .map((text) => `sha256:${hashOf("sha256", text)}`)
        .toSorted(),
    );
    expect(await provedBlobs(cacheDir, "acme/tiny")).toHaveLength(2);
    expect(events.find(({ type }) => type === "warning")).toMatchObject({ code: "hub/md5-only" });
  });

  test("an md5 that is not the file's ends it, and nothing is written", async () => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", TEXTS);
    const endpoint = await serveTree(hub.url, (entries) =>
      entries.map((entry) => ({ ...entry, oid: "0".repeat(32) })),
    );
    expect((await failure(get("acme/tiny", { endpoint }))).code).toBe("transfer/checksum-mismatch");
    expect(await provedBlobs(cacheDir, "acme/tiny")).toEqual([]);
  });

  test("commits of 64 hex digits", async () => {
    const { hub, get } = await startRoad();
    const { commit } = await hub.addRepo("acme/tiny", MODEL);
    const long = commit + "0".repeat(24);
    const front = await serveFront(
      hub.url,
      (answer, url) => {
        if (url.pathname.startsWith("/api/"))
          answer.body = Buffer.from(answer.body.toString().replaceAll(commit, long));
      },
      (address) => address.replaceAll(long, commit),
    );
    const result = await get("acme/tiny", { endpoint: front.url });
    expect(result.commit).toBe(long);
    expect(await get("acme/tiny", { offline: true })).toMatchObject({ commit: long });
    expect(await get(`acme/tiny@${long.slice(0, 9)}`, { offline: true })).toMatchObject({
      commit: long,
    });
  });
});

describe("parts of a file", () => {
  test.each(["without Content-Range", "whose Content-Range has no unit"])(
    "that come as a 206 %s are taken",
    async (how) => {
      const { hub, get, events } = await startRoad();
      await hub.addRepo("acme/tiny", { "model.safetensors": { size: 20_000_000, seed: 5 } });
      const front = await serveFront(hub.cdnUrl, (answer) => {
        if (answer.status !== 206) return;
        const range = answer.headers.get("content-range") ?? "";
        if (how.startsWith("without")) answer.headers.delete("content-range");
        else answer.headers.set("content-range", range.replace("bytes ", ""));
      });
      const { url: endpoint } = await serveFront(hub.url, ({ headers }) => {
        const location = headers.get("location");
        if (location) headers.set("location", location.replace(hub.cdnUrl, front.url));
      });
      await get("acme/tiny", { endpoint });
      const parts = front.requests.filter(({ headers }) => headers.range !== undefined);
      expect(parts.length).toBeGreaterThan(1);
      expect(events.filter(({ type }) => type === "retry")).toEqual([]);
    },
  );

  test("a whole file that comes as a 206 although nobody asked for a part", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/tiny", TEXTS);
    const front = await serveFront(hub.url, (answer, url) => {
      if (answer.status === 200 && url.pathname.includes("/resolve/")) answer.status = 206;
    });
    expect((await get("acme/tiny", { endpoint: front.url })).files).toHaveLength(2);
  });
});

test.each([400, 404])("a server that answers %i to expand is asked without", async (status) => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const front = await serveFront(hub.url, (answer, url) => {
    if (!url.searchParams.has("expand")) return;
    answer.status = status;
    answer.headers.clear();
    answer.body = Buffer.from("no such parameter");
  });
  expect((await get("acme/tiny", { endpoint: front.url })).files).toHaveLength(4);
  // What was learned is not tried again: one question in vain.
  expect(front.requests.filter(({ path }) => path.includes("expand="))).toHaveLength(1);
});

test("a repo that is not there stays so, with or without expand", async () => {
  const { hub, get } = await startRoad();
  const error = await failure(get("acme/none", { endpoint: hub.url }));
  expect(error.code).toBe("hub/repo-not-found");
});

test.each([425, 520, 530, 598])(
  "%i for a moment is waited out, for lists and files",
  async (status) => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    hub.faults.add({ on: "api", kind: "status", status, times: 1 });
    hub.faults.add({ on: "cdn", kind: "status", status, times: 1 });
    await get("acme/tiny");
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([
      { code: "hub/unavailable" },
      { code: "hub/unavailable", path: "model.safetensors" },
    ]);
  },
);

test("the words of other programs in answers are understood: 203, a byte order mark, sizes in digits, git's types", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const front = await serveFront(hub.url, (answer, url) => {
    if (answer.status !== 200) return;
    answer.status = 203;
    if (!url.pathname.startsWith("/api/models/")) return;
    const value: unknown = JSON.parse(answer.body.toString());
    const changed = Array.isArray(value)
      ? value.map((entry: { type: string; size: number; lfs?: { oid: string } }) => ({
          ...entry,
          type: entry.type === "file" ? "blob" : "tree",
          size: String(entry.size),
          lfs: entry.lfs === undefined ? {} : { ...entry.lfs, oid: `sha256:${entry.lfs.oid}` },
        }))
      : value;
    answer.body = Buffer.from(`\ufeff${JSON.stringify(changed)}`);
  });
  expect((await get("acme/tiny", { endpoint: front.url })).files).toHaveLength(4);
});

test("an item of a type that nobody knows is held against the model's own list", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const change = (entries: Record<string, unknown>[]) =>
    entries.map((entry) => ({
      ...entry,
      ...(entry["path"] === "model.safetensors" && { type: "object" }),
    }));
  const front = await serveTree(hub.url, change);
  const { files } = await get("acme/tiny", { endpoint: front });
  expect(files.map(({ path }) => path)).toContain("model.safetensors");
});

test("a Location in raw UTF-8 is followed", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", { "größe.txt": "hello\n" });
  const front = await serveFront(hub.url, (answer, url) => {
    if (!url.pathname.includes("/resolve/") || url.searchParams.has("moved")) return;
    answer.status = 302;
    const to = `${decodeURIComponent(url.pathname)}?moved=1`;
    answer.headers.set("location", Buffer.from(to, "utf8").toString("latin1"));
  });
  expect((await get("acme/tiny", { endpoint: front.url })).files).toHaveLength(1);
});

describe("user name and password in the endpoint", () => {
  test("are sent to its host as Basic, in the place of a token, and shown nowhere", async () => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const front = await serveFront(hub.url, (answer, _, { headers }) => {
      const expected = `Basic ${Buffer.from("anna:pa#ss%w\\d").toString("base64")}`;
      if (headers.authorization !== expected) answer.status = 401;
    });
    const endpoint = front.url.replace("http://", "http://anna:pa#ss%w\\d@");
    const result = await get("acme/tiny", { endpoint, token: "hf_not_for_this_one" });
    expect(result.files).toHaveLength(4);
    expect(hub.log.of({ target: "cdn", authorization: true })).toEqual([]);
    const wrong = await failure(
      get("acme/none", { endpoint: front.url.replace("http://", "http://anna:wr0ngword@") }),
    );
    const shown = JSON.stringify([events, result, wrong, wrong.message, wrong.stack]);
    for (const secret of ["pa#ss", "wr0ngword", "hf_not_for_this_one"])
      expect(shown).not.toContain(secret);
  });

  test("are no part of the address in the settings", async () => {
    const env = { HF_ENDPOINT: "http://anna:secret@127.0.0.1:8080/hf/" };
    const settings = await readSettings({ env });
    expect(settings.endpoint).toBe("http://127.0.0.1:8080/hf");
    expect(JSON.stringify(settings)).not.toContain("secret");
  });
});
