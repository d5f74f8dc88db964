import { expect, test } from "vitest";
import { CacheError } from "../names/errors.ts";
import { errnoOf } from "./errno.ts";
import { fsError, isFileError } from "./fs-error.ts";

const systemError = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code}: open '/x/y'`), {
    code,
    syscall: "open",
    path: "/x/y",
    ...more,
  });

// Answers of network disks, FUSE, USB sticks, quotas and encrypted folders.
test.each([
  ["ENOSPC", "cache/disk-full"],
  ["EDQUOT", "cache/disk-full"],
  ["EFBIG", "cache/disk-full"],
  ["EACCES", "cache/not-writable"],
  ["EROFS", "cache/not-writable"],
  ["ENAMETOOLONG", "cache/not-writable"],
  ["EILSEQ", "cache/not-writable"],
  ["EINVAL", "cache/not-writable"],
  ["ENOTSUP", "cache/not-writable"],
  ["ENOKEY", "cache/not-readable"],
  ["ENOTDIR", "cache/damaged"],
  ["EIO", "cache/damaged"],
  ["EBADMSG", "cache/damaged"],
  ["EUCLEAN", "cache/damaged"],
  ["EBUSY", "cache/disk-unavailable"],
  ["ENOLCK", "cache/disk-unavailable"],
  ["ENOTCONN", "cache/disk-unavailable"],
  ["ENXIO", "cache/disk-unavailable"],
  ["ENODEV", "cache/disk-unavailable"],
  ["ETIMEDOUT", "cache/disk-unavailable"],
  ["ESTALE", "cache/disk-unavailable"],
  ["EHOSTDOWN", "cache/disk-unavailable"],
  ["EREMOTEIO", "cache/disk-unavailable"],
  ["ECONNABORTED", "cache/disk-unavailable"],
  ["Unknown system error -999", "cache/disk-unavailable"],
])("%s of a disk is %s, with the path, the disk's word and a hint", (errno, code) => {
  const cause = systemError(errno);
  const error = fsError(cause, "/x/y");
  expect(error).toBeInstanceOf(CacheError);
  expect(error).toMatchObject({ code, cause, data: { path: "/x/y", errno } });
  expect(error).toHaveProperty("message", expect.stringContaining("/x/y"));
  expect(error).toHaveProperty("message", expect.stringContaining(`(${errno})`));
  expect(error).toHaveProperty("hint", expect.stringMatching(/\.$/));
});

test.each(["EMFILE", "ENFILE", "ENOMEM", "EBADF"])("%s speaks of this process", (errno) => {
  const error = systemError(errno);
  expect(fsError(error, "/x/y")).toBe(error);
});

test("an error that is not the system's is unchanged", () => {
  for (const error of [
    new TypeError("a bug"),
    Object.assign(new Error("x"), { code: "ERR_INVALID_ARG_TYPE" }),
    new DOMException("stopped", "AbortError"),
    "text",
  ]) {
    expect(fsError(error, "/x")).toBe(error);
  }
});

test("a code that Node has no name for is told by its number", () => {
  const name =
    process.platform === "darwin" ? "Unknown system error -70" : "Unknown system error -116";
  expect(errnoOf(systemError(name))).toBe(process.platform === "win32" ? name : "ESTALE");
});

test("an error of a socket or of a program is no file error", () => {
  expect(isFileError(systemError("ETIMEDOUT", { syscall: "connect", path: undefined }))).toBe(
    false,
  );
  expect(isFileError(systemError("ECONNRESET", { syscall: "read", path: undefined }))).toBe(false);
  expect(isFileError(systemError("ENOENT", { syscall: "spawn flock", path: "flock" }))).toBe(false);
  expect(isFileError(systemError("EIO", { syscall: "fsync", path: undefined }))).toBe(true);
  expect(isFileError(systemError("EIO", { syscall: "read" }))).toBe(true);
  expect(isFileError(new Error("none"))).toBe(false);
});
