import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir, writeTree } from "@mlx-download/test-utils";
import { chmod } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { stayAwake } from "./stay-awake.ts";

// Apple's words, from the manual pages of pmset and caffeinate. Not verified on a Mac.
const MAINS = "Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t80%; charging;\n";
const BATTERY = "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t80%;\n";

/** A Mac whose caffeinate writes down how it was started, lives until it is ended, and then says so. */
async function mac(power: string | undefined) {
  const home = await tempDir();
  await writeTree(home, {
    caffeinate: `#!/bin/sh\ntrap 'echo gone >>"${home}/seen"; exit' TERM\necho "$@" >>"${home}/seen"\nwhile :; do sleep 0.05; done\n`,
  });
  await chmod(join(home, "caffeinate"), 0o755);
  const asked: string[] = [];
  const env = { PATH: `${home}:/usr/bin:/bin` };
  const ask = async (program: string, args: readonly string[]): Promise<string | undefined> => {
    asked.push([program, ...args].join(" "));
    return power;
  };
  const seen = () => readFile(join(home, "seen"), "utf8").catch(() => "");
  return { env, ask, asked, seen, platform: "darwin" as const, home };
}

test("a Mac on mains power stays awake as long as it downloads", async () => {
  const machine = await mac(MAINS);
  const release = stayAwake(machine);
  await vi.waitFor(async () => expect(await machine.seen()).toBe(`-i -w ${process.pid}\n`));
  expect(machine.asked).toEqual(["pmset -g batt"]);
  release();
  await vi.waitFor(async () => expect(await machine.seen()).toContain("gone"));
});

test.each([
  ["on battery", BATTERY, {}],
  ["that does not say", undefined, {}],
  ["that is told so", MAINS, { MLX_DOWNLOAD_STAY_AWAKE: "off" }],
])("a Mac %s may sleep", async (_which, power, env) => {
  const machine = await mac(power);
  const release = stayAwake({ ...machine, env: { ...machine.env, ...env } });
  await new Promise((resolve) => setImmediate(resolve));
  release();
  await expect(access(join(machine.home, "seen"))).rejects.toThrow();
});

test("a Mac without caffeinate, and any other system, downloads all the same", async () => {
  const machine = await mac(MAINS);
  stayAwake({ ...machine, env: { PATH: "/nowhere" } })();
  stayAwake({ ...machine, platform: "linux" })();
  expect(machine.asked).toHaveLength(1);
});

test("what ends before the power is known starts nothing", async () => {
  const machine = await mac(MAINS);
  const power = Promise.withResolvers<string>();
  const release = stayAwake({ ...machine, ask: () => power.promise });
  release();
  power.resolve(MAINS);
  await power.promise;
  await new Promise((resolve) => setImmediate(resolve));
  await expect(access(join(machine.home, "seen"))).rejects.toThrow();
});
