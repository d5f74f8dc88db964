import { expect, test } from "vitest";
import { isInSubnet } from "./network.ts";

test.each([
  ["192.168.1.7", "192.168.1.0/24", true],
  ["::ffff:192.168.1.7", "192.168.1.0/24", true],
  ["192.168.2.7", "192.168.1.0/24", false],
  ["10.77.0.3", "10.0.0.0/8", true],
  ["fe80::1", "192.168.1.0/24", false],
  ["", "192.168.1.0/24", false],
  ["192.168.1.7.evil.example", "192.168.1.0/24", false],
])("%s in %s: %s", (address, subnet, wanted) => {
  expect(isInSubnet(address, subnet)).toBe(wanted);
});
