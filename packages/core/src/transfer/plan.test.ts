import { parseDigest, type SnapshotFile } from "@mlx-download/cache";
import fc from "fast-check";
import { expect, test } from "vitest";
import { planDownload } from "./plan.ts";

const hex = (n: number): string => n.toString(16).padStart(64, "0");
const file = (path: string, size: number, bytes: number): SnapshotFile => ({
  path,
  size,
  digest: parseDigest(`sha256:${hex(bytes)}`),
  blobId: "0".repeat(40),
});
const plan = (files: SnapshotFile[], over: Partial<Parameters<typeof planDownload>[0]> = {}) =>
  planDownload({
    repoId: "acme/tiny",
    revision: "main",
    commit: "a".repeat(40),
    files,
    leftOut: { files: 0, bytes: 0 },
    leftOutFiles: [],
    stateOf: () => "absent",
    resumable: () => 0,
    copyFrom: () => undefined,
    diskFree: null,
    ...over,
  });

test("every file is kept, resumed, copied or fetched, and the bytes say which", () => {
  const files = [
    file("kept", 1, 1),
    file("linked", 2, 2),
    file("resumed", 40, 3),
    file("copied", 8, 4),
    file("fetched", 16, 5),
    file("twin", 16, 5),
  ];
  const made = plan(files, {
    stateOf: (path) => (path === "kept" ? "present" : path === "linked" ? "blob" : "absent"),
    resumable: (digest) => (digest.endsWith("3") ? 30 : 0),
    copyFrom: (digest) => (digest.endsWith("4") ? "/elsewhere" : undefined),
  });
  expect(made.files.map((one) => one.action)).toEqual([
    "keep",
    "keep",
    "resume",
    "copy",
    "fetch",
    "copy",
  ]);
  expect(made.bytes).toEqual({
    total: 83,
    cached: 3,
    resumable: 30,
    copyable: 24,
    toFetch: 26,
    expectedWire: 26,
    diskFree: null,
  });
  expect(made.links.map((one) => one.path)).toEqual(["linked"]);
});

test("small blobs come first and equal bytes come once", () => {
  const made = plan([file("b", 300, 1), file("a", 20, 2), file("c", 300, 1)]);
  expect(made.blobs.map((blob) => blob.files.map((one) => one.path))).toEqual([["a"], ["b", "c"]]);
});

test("the parts of a plan always add up to the whole", () => {
  const files = fc.uniqueArray(
    fc.record({ path: fc.string(), size: fc.nat(), bytes: fc.nat({ max: 5 }) }),
    { selector: (one) => one.path },
  );
  fc.assert(
    fc.property(
      files,
      fc.func(fc.constantFrom("present", "blob", "absent")),
      fc.nat(),
      (list, state, part) => {
        const made = plan(
          list.map(({ path, bytes }) => file(path, bytes * 1000, bytes)),
          { stateOf: (path) => state(path), resumable: () => part },
        );
        const { total, cached, resumable, copyable, toFetch } = made.bytes;
        expect(cached + resumable + copyable + toFetch).toBe(total);
        const blobFiles = made.blobs.flatMap((blob) => blob.files);
        expect(blobFiles.length + made.files.filter((one) => one.action === "keep").length).toBe(
          list.length,
        );
      },
    ),
  );
});
