import fc from "fast-check";
import { expect, test } from "vitest";
import { isLocalRef, localId } from "./local-ref.ts";
import { isEngineId } from "../mlx-serving/engine-rules.ts";

test.each(["/models/a", "./a", "../a", "~", "~/a", ".", "..", "file:///a", " /a", "FILE:///a"])(
  "%s is a folder on this machine",
  (text) => expect(isLocalRef(text)).toBe(true),
);

test.each(["org/name", "name", "hf://org/name", "~user/x", ".hidden/x", "https://hf.co/a/b", ""])(
  "%s is not",
  (text) => expect(isLocalRef(text)).toBe(false),
);

const name = fc.stringMatching(/^[ -\u2fff]{0,24}$/);

test("a folder's id is one that every engine takes, the same for the same folder", () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(isEngineId(localId(`/${a}`))).toBe(true);
      expect(localId(`/${a}`) === localId(`/${b}`)).toBe(a === b);
    }),
  );
});
