import fc from "fast-check";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isInside } from "./trusted-directories.ts";

const name = fc.stringMatching(/^[a-z.]{1,6}$/).filter((part) => !/^\.{1,2}$/.test(part));

test("a path below a folder is inside, a path that only begins like it is not", () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), fc.array(name), (root, rest) => {
      const folder = `/${root.join("/")}`;
      expect(isInside(join(folder, ...rest), folder)).toBe(true);
      expect(isInside(`${folder}x`, folder)).toBe(false);
      expect(isInside(join(folder, "..", `..${root.at(-1)}`), folder)).toBe(false);
    }),
  );
  expect(isInside("/", "/models")).toBe(false);
  expect(isInside("/models/..x", "/models")).toBe(true);
  expect(isInside("/..x/y", "/..x")).toBe(true);
});
