import { expect, test } from "vitest";
import { requestKind } from "./request-kind.ts";

test("files are told by repo and path, on every route that serves them", () => {
  const file = { repoId: "acme/tiny", path: "sub/a b.txt" };
  expect(requestKind("/acme/tiny/resolve/main/sub/a%20b.txt")).toEqual({
    target: "resolve",
    ...file,
  });
  expect(requestKind("/acme/tiny/resolve/refs%2Fpr%2F1/sub/a%20b.txt")).toEqual({
    target: "resolve",
    ...file,
  });
  expect(requestKind("/acme/tiny/resolve/refs/pr/1/sub/a%20b.txt")).toEqual({
    target: "resolve",
    ...file,
  });
  expect(requestKind("/acme/tiny/raw/v1/sub/a%20b.txt")).toEqual({ target: "resolve", ...file });
  expect(requestKind("/api/resolve-cache/models/acme/tiny/0123/sub/a%20b.txt")).toEqual({
    target: "resolve",
    ...file,
  });
  expect(requestKind("/repos/acme/tiny/0123/sub/a%20b.txt")).toEqual({ target: "cdn", ...file });
});

test("everything else is the API", () => {
  expect(requestKind("/api/models/acme/tiny/tree/main")).toEqual({
    target: "api",
    repoId: "acme/tiny",
    path: "/api/models/acme/tiny/tree/main",
  });
  expect(requestKind("/api/models")).toEqual({
    target: "api",
    repoId: undefined,
    path: "/api/models",
  });
  expect(requestKind("/%zz").target).toBe("api");
});
