import { expect, test } from "vitest";
import { lfsPointerId } from "./lfs-pointer.ts";

test("a pointer's id is the one that git gives it", () => {
  const sha256 = "914218289910ff881b5c3dcad3c27b2df30a6de51b699be8d22264136c1ead90";
  expect(lfsPointerId(sha256, 100)).toBe("07a046077f0a58beea34706f87b35e177709d581");
});
