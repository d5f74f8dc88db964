import type { Quirks, TestHubOptions } from "@mlx-download/hub-server/testing";
import { describe, expect, test } from "vitest";
import { failure, MODEL, provedBlobs, startRoad } from "../fixture.ts";

/** {@link MODEL} with a file of several segments. */
const FILES = { ...MODEL, "model.safetensors": { size: 24_000_000, seed: 3 } };

const QUIRKS: Record<string, Quirks> = {
  "7: a redirect promises a body that never comes": { redirectWithoutBody: true },
  "9: ranges are answered 200 with just the bytes": { rangeAs200: true },
  "10: If-Range is ignored": { ifRangeIgnored: true },
  "13: the last hop's ETag is no content's": { lastHopEtag: true },
  "13: no ETag, only an X-Linked-Etag without quotes": { unquotedLinkedEtag: true },
  "14: LFS files come directly, without X-Linked headers": { lfsDirect: true },
  "14: no Accept-Ranges": { noAcceptRanges: true },
  "14: no Content-Type": { fileContentType: "none" },
  "14: an event stream, as it says": { fileContentType: "text/event-stream" },
  "14: 416 without the unit": { contentRangeWithoutUnit: true },
  "15: an empty file that is listed as LFS and cannot be fetched": { emptyFileAsLfs: true },
  "all of a mirror's habits at once": {
    blankDirectories: true,
    noErrorCodes: true,
    noRepoCommitOnApi: true,
    treeSlashRedirect: true,
    redirectWithoutBody: true,
    rangeAs200: true,
    ifRangeIgnored: true,
    lfsDirect: true,
    lastHopEtag: true,
    noAcceptRanges: true,
    emptyFileAsLfs: true,
  },
};

describe("bytes from servers that stand in for the Hub are the repo's bytes", () => {
  test.each(Object.entries(QUIRKS))("%s", async (_name, quirks) => {
    const { hub, get, cacheDir } = await startRoad({ quirks });
    await hub.addRepo("acme/quirky", FILES);
    const result = await get("acme/quirky");
    expect(result.files.map(({ path }) => path).toSorted()).toEqual(Object.keys(FILES).toSorted());
    expect(await provedBlobs(cacheDir, "acme/quirky")).toHaveLength(4);
  });

  test.each<[string, TestHubOptions]>([
    ["18: below a path", { basePath: "/mirror" }],
    ["small files directly", { smallFiles: "direct" }],
    ["compressed small files", { gzip: true, smallFiles: "direct" }],
    ["no size on redirects", { linkedSize: false }],
    ["416 for a range of an empty file", { emptyRange: 416 }],
  ])("%s", async (_name, options) => {
    const { hub, get, cacheDir } = await startRoad(options);
    await hub.addRepo("acme/quirky", FILES);
    await get("acme/quirky");
    expect(await provedBlobs(cacheDir, "acme/quirky")).toHaveLength(4);
  });

  test("15: an empty file needs no request", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/quirky", FILES);
    await get("acme/quirky");
    expect(hub.log.of({ path: "empty.txt" })).toEqual([]);
  });

  test("11: bytes that are wrong for ever name the endpoint that lies", async () => {
    const { hub, get } = await startRoad({ quirks: { lfsDirect: true } });
    await hub.addRepo("acme/quirky", FILES);
    hub.faults.add({
      kind: "wrongBytes",
      on: ["resolve", "cdn"],
      path: "model.safetensors",
      offset: 77,
    });
    const error = await failure(get("acme/quirky"));
    expect(error.code).toBe("transfer/checksum-mismatch");
    expect(`${error.message} ${error.hint} ${JSON.stringify(error.data)}`).toContain("127.0.0.1");
  });

  test("12: an upstream that is cut once does no harm", async () => {
    const { hub, get, cacheDir } = await startRoad({ quirks: { lfsDirect: true } });
    await hub.addRepo("acme/quirky", FILES);
    hub.faults.add({
      kind: "cut",
      on: "resolve",
      path: "model.safetensors",
      afterBytes: 5000,
      times: 2,
    });
    await get("acme/quirky");
    expect(await provedBlobs(cacheDir, "acme/quirky")).toHaveLength(4);
  });

  test("16: a name that the mirror cannot find is a coded error with file and endpoint", async () => {
    const { hub, get } = await startRoad({ quirks: { encodedPathNotFound: true } });
    await hub.addRepo("acme/quirky", { ...MODEL, "what?#%.txt": "odd\n" });
    const error = await failure(get("acme/quirky"));
    expect(error).toMatchObject({
      code: "hub/entry-not-found",
      repoId: "acme/quirky",
      data: { path: "what?#%.txt", status: 404 },
    });
    expect(error.message).toContain(hub.url);
  });

  test("16: elsewhere such a name is as good as any", async () => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/quirky", { "what?#%.txt": "odd\n", "ä b+c&d=e.txt": "more\n" });
    await get("acme/quirky");
    expect(await provedBlobs(cacheDir, "acme/quirky")).toHaveLength(2);
  });

  test("19: a redirect to another origin gets no token", async () => {
    const { hub, get } = await startRoad();
    hub.store.addUser({ name: "anna", tokens: ["hf_secret"] });
    await hub.addRepo("acme/quirky", FILES);
    hub.faults.add({ kind: "redirectElsewhere", on: "resolve" });
    await get("acme/quirky", { token: "hf_secret" });
    const leaks = hub.log.entries.filter(
      (entry) => entry.authorization && !hub.url.endsWith(entry.host),
    );
    expect(leaks).toEqual([]);
    expect(hub.log.of({ authorization: true }).length).toBeGreaterThan(0);
  });
});
