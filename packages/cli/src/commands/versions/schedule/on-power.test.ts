import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { isOnPower } from "./on-power.ts";

test.each([
  ["no battery at all", {}, true],
  ["the mains", { AC: { type: "Mains", online: "1" } }, true],
  [
    "its battery",
    { AC: { type: "Mains", online: "0" }, BAT0: { type: "Battery", status: "Discharging" } },
    false,
  ],
  [
    "a full battery on the mains",
    { AC: { type: "Mains", online: "1" }, BAT0: { type: "Battery", status: "Full" } },
    true,
  ],
  ["a battery that is charged", { BAT0: { type: "Battery", status: "Charging" } }, true],
])("a machine with %s", async (_what, supplies, wanted) => {
  const folder = await tempDir();
  for (const [name, facts] of Object.entries(supplies)) {
    await mkdir(join(folder, name));
    for (const [file, text] of Object.entries(facts)) {
      await writeFile(join(folder, name, file), `${text}\n`);
    }
  }
  expect(await isOnPower(folder, "linux")).toBe(wanted);
});
