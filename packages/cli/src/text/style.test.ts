import { expect, test } from "vitest";
import { printable } from "./printable.ts";
import { paint, styleFor } from "./style.ts";

const terminal = { isTTY: true };
const pipe = { isTTY: false };

test.each([
  ["a terminal", terminal, { TERM: "xterm-256color" }, true],
  ["a pipe", pipe, {}, false],
  ["NO_COLOR", terminal, { NO_COLOR: "1" }, false],
  ["an empty NO_COLOR, which counts as unset", terminal, { NO_COLOR: "" }, true],
  ["TERM=dumb", terminal, { TERM: "dumb" }, false],
  ["FORCE_COLOR on a pipe", pipe, { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR=0", terminal, { FORCE_COLOR: "0" }, false],
  ["NO_COLOR before FORCE_COLOR", terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
])("colours with %s", (_, stream, env, color) => {
  expect(styleFor(stream, env, "linux").color).toBe(color);
});

test.each([
  ["macOS", {}, "darwin", true],
  ["Linux without a locale", {}, "linux", true],
  ["the C locale", { LC_ALL: "C" }, "linux", false],
  ["the Linux console", { TERM: "linux" }, "linux", false],
  ["old Windows consoles", {}, "win32", false],
  ["Windows Terminal", { WT_SESSION: "x" }, "win32", true],
] as const)("characters beyond ASCII on %s", (_, env, platform, unicode) => {
  expect(styleFor(terminal, env, platform).unicode).toBe(unicode);
});

test("a painted text is the text where colours are off", () => {
  expect(paint({ color: false, unicode: true }, "bad", "x")).toBe("x");
  expect(paint({ color: true, unicode: true }, "good", "x")).toBe("\u001b[32mx\u001b[39m");
});

test("escape sequences and direction marks from outside never reach the terminal", () => {
  expect(printable("a\u001b[31mb\nc\u202ed")).toBe("a?[31mb?c?d");
});
