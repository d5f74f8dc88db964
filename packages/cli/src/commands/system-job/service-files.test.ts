import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { launchdService, type Service, serviceName, systemdService } from "./service-files.ts";

const service: Service = {
  name: "serve",
  summary: "Serve models as a Hub",
  words: ["serve", "--allow", "mlx-community/*", "--cache-dir", '/data/50% "a" b'],
  remove: "mlx-download serve --uninstall",
};
const env = { HF_HOME: "/data/$x <y>", HF_TOKEN: "hf_secret", HTTPS_PROXY: "http://u:pw@proxy" };

test("the unit of systemd runs the command again after a failure, and holds no secret", async () => {
  const text = systemdService(service, env);
  expect(text).toContain("Restart=on-failure");
  expect(text).toContain('"mlx-community/*" --cache-dir "/data/50%% \\"a\\" b"');
  expect(text).toContain("mlx-download serve --uninstall");
  expect(text).not.toMatch(/hf_secret|pw@/);
  const path = join(await tempDir(), serviceName(service).unit);
  await writeFile(path, text);
  const verified = spawnSync("systemd-analyze", ["verify", "--user", path], { encoding: "utf8" });
  if (verified.error !== undefined) process.stderr.write("skipped: no systemd-analyze here\n");
  else expect(verified.stderr.split("\n").filter((line) => line.includes(path))).toEqual([]);
});

test("the agent of launchd is a property list with the same command", () => {
  const script =
    "import json,plistlib,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
  const input = launchdService(service, env, "/Users/anna/Library/Logs/s.log");
  const read = spawnSync("python3", ["-c", script], { input, encoding: "utf8" });
  expect(read.stderr).toBe("");
  const plist = JSON.parse(read.stdout) as { ProgramArguments: string[] };
  expect(plist).toMatchObject({
    Label: "mlx-download.serve",
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    EnvironmentVariables: { HF_HOME: "/data/$x <y>" },
  });
  expect(plist.ProgramArguments.slice(2)).toEqual(service.words);
});
