import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { launchdFile, systemdFiles, type UpdateJob } from "./job-texts.ts";

const job: UpdateJob = {
  window: { from: 3 * 60 + 5, to: 360 },
  command: [process.execPath, "/opt/a b/bin.js", "update", 'org/q"uote', "--within", "03:05-06:00"],
  env: { HF_HOME: "/data/50% & <more>$HOME" },
  onPower: true,
  logPath: "/Users/anna/Library/Logs/u.log",
};

test("the units of systemd say when, on what power and with what command", async () => {
  const folder = await tempDir();
  const files = systemdFiles(job, folder);
  const [service, timer] = files.map(({ text }) => text);
  expect(service).toContain("ConditionACPower=true");
  expect(service).toContain('"/opt/a b/bin.js" update "org/q\\"uote" --within 03:05-06:00');
  expect(service).toContain('Environment="HF_HOME=/data/50%% & <more>$$HOME"');
  expect(service).toContain("mlx-download update --unschedule");
  expect(timer).toContain("OnCalendar=*-*-* 03:05:00");
  expect(systemdFiles({ ...job, onPower: false }, folder)[0]?.text).not.toContain("ConditionAC");
  for (const { path, text } of files) await writeFile(path, text);
  const verified = spawnSync("systemd-analyze", ["verify", "--user", ...files.map((f) => f.path)], {
    encoding: "utf8",
  });
  if (verified.error !== undefined) process.stderr.write("skipped: no systemd-analyze here\n");
  else expect(verified.stderr.split("\n").filter((line) => line.includes(folder))).toEqual([]);
});

test("the agent of launchd is a property list with the same command", () => {
  const { text, path } = launchdFile(job, "/agents");
  expect(path).toBe("/agents/mlx-download.update.plist");
  const script =
    "import json,plistlib,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
  const read = spawnSync("python3", ["-c", script], { input: text, encoding: "utf8" });
  expect(read.stderr).toBe("");
  expect(JSON.parse(read.stdout)).toMatchObject({
    Label: "mlx-download.update",
    ProgramArguments: job.command,
    EnvironmentVariables: job.env,
    StartCalendarInterval: { Hour: 3, Minute: 5 },
    ProcessType: "Background",
    StandardOutPath: job.logPath,
  });
});
