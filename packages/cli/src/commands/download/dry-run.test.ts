import type { DownloadPlan } from "@mlx-download/core";
import { expect, test } from "vitest";
import { displayWidth } from "../../text/display-width.ts";
import { type PlanNotes, planTable } from "./dry-run.ts";

const plan = {
  repoId: "acme/tiny",
  revision: "main",
  commit: "0".repeat(40),
  files: [{ path: "config.json", size: 7, digest: `git-sha1:${"0".repeat(40)}`, action: "fetch" }],
  bytes: { total: 7, cached: 0, resumable: 0, copyable: 0, toFetch: 7, diskFree: null },
  leftOut: { files: 0, bytes: 0 },
} as unknown as DownloadPlan;
const style = { color: false, unicode: true };
const message = "MLX cannot load acme/tiny: model.safetensors is a git-lfs pointer of 135 bytes.";
const warning = { code: "review/cannot-load", message, hint: "Look again." };
const notes: PlanNotes = { review: undefined, speed: undefined, warnings: [warning] };

test.each([80, 60, 40])("notes of a plan are wrapped at words on %i columns", (columns) => {
  const lines = planTable(plan, { ...style, columns }, notes);
  const from = lines.findIndex((line) => line.startsWith("Warning: "));
  const note = lines.slice(from);
  expect(note.every((line) => displayWidth(line) < columns)).toBe(true);
  expect(note.map((line) => line.trim()).join(" ")).toBe(`Warning: ${message} Look again.`);
});

test("a plan that goes into a pipe keeps each note on one line", () => {
  expect(planTable(plan, style, notes)).toContain(`Warning: ${message} Look again.`);
});
