import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jsonOf, mainOf, pushChanges, versionsStage } from "./versions-stage.ts";

interface Scheduled {
  readonly schedule: { readonly models: readonly string[] } | null;
  readonly files: readonly string[];
}

test.skipIf(process.platform !== "linux")(
  "a schedule is for named models, can be read, and is taken back",
  async () => {
    const stage = await versionsStage(["org/a", "org/b"]);
    const { run, env } = stage;
    env["HF_TOKEN"] = "hf_secretsecretsecret";
    const schedule = (...args: readonly string[]): Promise<Scheduled> =>
      jsonOf(stage, "updateSchedule", ["update", ...args]);
    expect((await run(["update", "--schedule", "3-6"])).code).toBe(2);
    expect((await run(["update", "org/a", "--schedule", "nightly"])).code).toBe(2);
    const dry = await run(["update", "org/a", "--schedule", "3-6", "--dry-run"]);
    expect(dry.stdout).toContain("OnCalendar=*-*-* 03:00:00");
    const folder = join(env["HOME"] ?? "", ".config/systemd/user");
    await expect(readdir(folder)).rejects.toThrow();

    const first = await schedule("org/a", "--schedule", "03:00-06:00", "--limit-rate", "5M");
    expect(first.schedule).toMatchObject({
      models: ["org/a"],
      window: "03:00-06:00",
      onPower: true,
    });
    const units = async (): Promise<readonly string[]> =>
      (await readdir(folder)).filter((name) => name.startsWith("mlx-download"));
    expect(await units()).toEqual(["mlx-download-update.service", "mlx-download-update.timer"]);
    const service = await readFile(first.files[0] ?? "", "utf8");
    expect(service).toMatch(/update org\/a --within 03:00-06:00 --limit-rate 5000000 --cache-dir /);
    expect(service).toContain(`HF_ENDPOINT=${stage.hub.url}`);
    expect(service).not.toContain("hf_secret");

    expect((await schedule("org/b", "--schedule", "4-5")).schedule?.models).toEqual([
      "org/a",
      "org/b",
    ]);
    expect((await schedule("org/a", "--unschedule")).schedule?.models).toEqual(["org/b"]);
    expect((await schedule("--unschedule")).schedule).toBeNull();
    expect(await units()).toEqual([]);
    expect((await run(["update", "--unschedule"])).stderr).toContain("Nothing was scheduled");
  },
);

test("outside of its span an update does nothing, within it the named models move", async () => {
  const stage = await versionsStage(["org/a"]);
  await pushChanges(stage, [["org/a", "weights"]]);
  const before = await mainOf(stage, "org/a");
  const hour = new Date().getHours();
  const span = (from: number): string => `${(hour + from + 24) % 24}-${(hour + from + 2) % 24}`;
  const away = await stage.run(["update", "org/a", "--within", span(6), "--on-battery"]);
  expect(away).toMatchObject({ code: 0, stdout: "" });
  expect(away.stderr).toContain("Nothing is updated");
  expect(await mainOf(stage, "org/a")).toBe(before);
  const now = await stage.run(["update", "org/a", "--within", span(-1), "--on-battery", "--yes"]);
  expect(now.code, now.stderr).toBe(0);
  expect(await mainOf(stage, "org/a")).not.toBe(before);
});
