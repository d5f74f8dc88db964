import { expect, test } from "vitest";
import { isRefusedByScanned, scanFinding } from "./scan-status.ts";
import { lookAtSecurity } from "./security-look.ts";

test.each([
  ["safe", undefined, undefined],
  ["unsafe", "scan-unsafe", "danger"],
  ["suspicious", "scan-suspicious", "caution"],
  ["caution", "scan-caution", "caution"],
  ["queued", "scan-pending", "note"],
  ["unscanned", "scan-pending", "note"],
  ["error", "scan-failed", "note"],
  ["infected", "scan-caution", "caution"],
  ["toString", "scan-caution", "caution"],
])("%s is a status with a meaning of its own", (status, code, severity) => {
  const found = scanFinding(status, false);
  expect([found?.code, found?.severity]).toEqual([code, severity]);
});

test("a file that can run code needs a result, another one does not", () => {
  expect(scanFinding(undefined, false)).toBeUndefined();
  expect(scanFinding("queued", true)).toMatchObject({ code: "scan-pending", severity: "caution" });
  expect(scanFinding("error", true)).toMatchObject({ code: "scan-failed", severity: "caution" });
  expect(scanFinding(undefined, true)).toMatchObject({ code: "scan-missing", severity: "caution" });
  expect(scanFinding("safe", true)).toBeUndefined();
});

test.each([
  ["model.safetensors", "unsafe", true],
  ["model.safetensors", "suspicious", true],
  ["model.safetensors", "caution", false],
  ["model.safetensors", "queued", false],
  ["model.safetensors", undefined, false],
  ["old.pkl", "safe", false],
  ["old.pkl", "queued", true],
  ["old.pkl", "unscanned", true],
  ["old.pkl", "error", true],
  ["old.pkl", undefined, true],
  ["notes.npz", "queued", false],
])("trust scanned meets %s that is %s", (path, status, refused) => {
  const scans = new Map(status === undefined ? [] : [[path, status]]);
  const { findings } = lookAtSecurity({ files: [{ path }], scans });
  expect(findings.some(isRefusedByScanned)).toBe(refused);
});

test("scanners that were not asked are no finding", () => {
  const { findings } = lookAtSecurity({ files: [{ path: "old.pkl" }] });
  expect(findings.map(({ code }) => code)).toEqual(["pickle"]);
});
