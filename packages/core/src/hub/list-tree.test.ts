import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientFor } from "../../test/hub-client.ts";
import { failureOf, serve } from "../../test/serve.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { listTree } from "./list-tree.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const REF = { repoId: "acme/tiny", commit: COMMIT };
const OID = "8e2e871357bef652084a73f7173adc5eb8859a33";
const file = (path: string) => ({ type: "file", oid: OID, size: 7, path });
const folder = (path: string) => ({ type: "directory", oid: OID, size: 0, path });

/** Lists a tree whose pages `page` makes from the address asked for. */
async function list(page: (url: URL) => { items: unknown; next?: string }) {
  const { url, requests } = await serve((request, response) => {
    const { items, next } = page(new URL(request.url ?? "", "http://h"));
    response.writeHead(200, {
      "content-type": "application/json",
      ...(next !== undefined && { link: `<${next}>; rel="next"` }),
    });
    response.end(JSON.stringify(items));
  });
  const { client, events } = clientFor(url);
  const result = listTree(client, REF).then(({ files }) => files);
  return { result, requests, events };
}

describe("listTree", () => {
  test("asks once, recursively and by commit, and skips folders", async () => {
    const { result, requests } = await list(() => ({
      items: [file("a"), folder("sub"), file("sub/b")],
    }));
    expect((await result).map(({ path }) => path)).toEqual(["a", "sub/b"]);
    expect(requests.map(({ path }) => path)).toEqual([
      `/api/models/acme/tiny/tree/${COMMIT}?recursive=true&expand=false`,
    ]);
  });

  test("reads page after page", async () => {
    const { result } = await list((url) => {
      const n = Number(url.searchParams.get("cursor") ?? 0);
      return { items: [file(`f${n}`)], ...(n < 3 && { next: `?recursive=true&cursor=${n + 1}` }) };
    });
    expect((await result).map(({ path }) => path)).toEqual(["f0", "f1", "f2", "f3"]);
  });

  test("reads a page without files between others", async () => {
    const { result } = await list((url) => {
      const n = Number(url.searchParams.get("cursor") ?? 0);
      return { items: n === 1 ? [] : [file(`f${n}`)], ...(n < 2 && { next: `?cursor=${n + 1}` }) };
    });
    expect((await result).map(({ path }) => path)).toEqual(["f0", "f2"]);
  });

  test("walks the folders when the server sends the first page again and again", async () => {
    const all = ["a", "sub/b", "sub/deep/c", "z/d"];
    const { result, requests } = await list((url) => {
      if (url.searchParams.get("recursive") === "true") {
        const n = Number(url.searchParams.get("cursor") ?? 0);
        return { items: [file("a")], next: `?recursive=true&cursor=${n + 1}` };
      }
      const inside = decodeURIComponent(url.pathname.split(`/tree/${COMMIT}`)[1] ?? "").slice(1);
      const prefix = inside === "" ? "" : `${inside}/`;
      const names = new Set(
        all
          .filter((path) => path.startsWith(prefix))
          .map((path) => path.slice(prefix.length).split("/", 1)[0] ?? ""),
      );
      return {
        items: [...names].map((name) =>
          (all.includes(prefix + name) ? file : folder)(prefix + name),
        ),
      };
    });
    expect((await result).map(({ path }) => path).toSorted()).toEqual(all);
    expect(requests.length).toBeLessThan(8);
  });

  test("ends with an error when every page of a folder is the same, too", async () => {
    let n = 0;
    const { result } = await list(() => ({ items: [file("a")], next: `?n=${n++}` }));
    expect(await failureOf(result)).toMatchObject({
      code: "hub/bad-response",
      hint: expect.stringContaining("mirror"),
    });
  });

  test("is not sent in circles by folders", async () => {
    const { result, requests } = await list((url) =>
      url.searchParams.get("recursive") === "true"
        ? { items: [file("a")], next: "?recursive=true&again" }
        : {
            items: [
              file(url.pathname.endsWith("/sub") ? "sub/f" : "f"),
              folder(""),
              folder("sub"),
              folder(".."),
              folder("sub/../sub"),
            ],
          },
    );
    expect(await result).toHaveLength(2);
    expect(requests.length).toBeLessThan(10);
  });

  test("refuses a listing without end", async () => {
    let n = 0;
    const { result } = await list(() => ({
      items: Array.from({ length: 30_000 }, () => file(`f${n++}`)),
      next: `?n=${n}`,
    }));
    expect(await failureOf(result)).toMatchObject({ code: "hub/unsafe-tree" });
  });

  test.each<[string, unknown[]]>([
    ["a path twice", [file("a"), file("a")]],
    ["a file and a folder of one name", [file("a/b"), file("a")]],
    ["the same the other way round", [file("a"), file("a/b/c")]],
    ["one bad path among good ones", [file("a"), file("../b")]],
  ])("refuses %s", async (_name, items) => {
    const { result } = await list(() => ({ items }));
    expect(await failureOf(result)).toMatchObject({ code: "hub/unsafe-tree" });
  });

  test("warns of names that only case or composition tells apart", async () => {
    const { result, events } = await list(() => ({
      items: [file("README.md"), file("readme.md"), file("\u00e9"), file("e\u0301")],
    }));
    expect(await result).toHaveLength(4);
    expect(events).toMatchObject([
      { type: "warning", code: "hub/similar-names" },
      { type: "warning", code: "hub/similar-names" },
    ]);
  });

  test.each([[{}], [null], ["text"], [7]])("says that %j is no list", async (items) => {
    const { result } = await list(() => ({ items }));
    expect(await failureOf(result)).toMatchObject({ code: "hub/bad-response" });
  });

  test("an empty repo has no files", async () => {
    const { result } = await list(() => ({ items: [] }));
    expect(await result).toEqual([]);
  });

  test("gives files or a coded error for any JSON", async () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.constantFrom("file", "directory"),
        path: fc.oneof(fc.string(), fc.constantFrom("a", "a/b", "a/b/c")),
        size: fc.oneof(fc.nat(), fc.double()),
        oid: fc.constantFrom(OID, "", "x"),
      }),
    );
    let pages: readonly unknown[] = [];
    const stub: typeof fetch = async (input) => {
      const n = Number(
        new URL(input instanceof Request ? input.url : input).searchParams.get("n") ?? 0,
      );
      const headers = n + 1 < pages.length ? { link: `<?n=${n + 1}>; rel="next"` } : {};
      return Response.json(pages[n] ?? [], { headers });
    };
    const { client } = clientFor("https://hub.test", {}, { fetch: stub });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.array(entry, { maxLength: 5 }), fc.jsonValue()), { maxLength: 4 }),
        async (given) => {
          pages = given;
          const outcome = await listTree(client, REF).then(
            ({ files }) => new Set(files.map(({ path }) => path)).size - files.length,
            (error: unknown) => (error instanceof ModelDownloadError ? error.code : error),
          );
          expect([0, "hub/unsafe-tree", "hub/bad-response"]).toContain(outcome);
        },
      ),
    );
  });
});
