import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { expandHome } from "./home.ts";

const env = { HOME: "/home/anna" };

test.each([
  ["~", "/home/anna"],
  ["~/x y", "/home/anna/x y"],
  ["$HOME/x", "/home/anna/x"],
  ["${HOME}/x", "/home/anna/x"],
  ["$HOME", "/home/anna"],
  [pathToFileURL("/data/a b").href, "/data/a b"],
  ["./~", "./~"],
  ["~other/x", "~other/x"],
  ["$HOMER/x", "$HOMER/x"],
  ["a/$HOME", "a/$HOME"],
  ["files/x", "files/x"],
])("%j is the folder %j", (path, expected) => {
  expect(expandHome(path, env)).toBe(expected);
});

test("the address of a file on another machine is refused", async () => {
  expect(await codeOf(async () => expandHome("file://other/x/%2f", env))).toBe("cache/unsafe-path");
});
