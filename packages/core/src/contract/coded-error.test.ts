import { expect, test } from "vitest";
import { codedError } from "./coded-error.ts";
import { ModelDownloadError } from "./errors.ts";

test.each([
  ["ENOSPC", "disk/full"],
  ["EDQUOT", "disk/full"],
  ["EFBIG", "disk/full"],
  ["EACCES", "cache/not-writable"],
  ["EROFS", "cache/not-writable"],
  ["ENOTDIR", "cache/damaged"],
  ["EISDIR", "cache/damaged"],
  ["ELOOP", "cache/damaged"],
])("the system's %s is %s, with the path, a hint and the cause", (errno, code) => {
  const cause = Object.assign(new Error(`${errno}: open '/x/y'`), { code: errno, path: "/x/y" });
  const error = codedError(cause, "acme/tiny");
  expect(error).toBeInstanceOf(ModelDownloadError);
  expect(error).toMatchObject({ code, repoId: "acme/tiny", cause, data: { path: "/x/y" } });
  expect(error).toHaveProperty("message", expect.stringContaining("/x/y"));
  expect(error).toHaveProperty("hint", expect.stringMatching(/\.$/));
});

test("an unforeseen error stays unchanged", () => {
  const error = new TypeError("a bug");
  expect(codedError(error, undefined)).toBe(error);
});
