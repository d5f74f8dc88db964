import { expect, test } from "vitest";
import { diskAmount } from "./disk-amount.ts";

test.each([
  [0, "0 kB"],
  [1, "1 kB"],
  [8_388_608, "8.4 MB"],
  [9_995_515, "10.0 MB"],
  [62_340_000_000, "62.34 GB"],
])("%d bytes on a disk are %s", (bytes, text) => expect(diskAmount(bytes)).toBe(text));
