import { expect, test } from "vitest";
import { isOffline, isOn } from "./is-on.ts";

test.each(["1", "on", "YES", "True", " 1 "])("%j switches on", (value) => {
  expect(isOn({ HF_DEBUG: value }, "HF_DEBUG")).toBe(true);
});

test.each([undefined, "", "0", "off", "no", "11"])("%j leaves it off", (value) => {
  expect(isOn({ HF_DEBUG: value }, "HF_DEBUG")).toBe(false);
});

test("either variable forbids requests", () => {
  expect(isOffline({ HF_HUB_OFFLINE: "1" })).toBe(true);
  expect(isOffline({ TRANSFORMERS_OFFLINE: "true" })).toBe(true);
  expect(isOffline({ HF_HUB_OFFLINE: "0" })).toBe(false);
});
