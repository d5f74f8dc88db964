import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { QUESTIONS } from "./hub-recording/questions.ts";
import { readRecording } from "./hub-recording/recording.ts";
import { startStandInHub } from "./hub-recording/stand-in-hub.ts";

const script = fileURLToPath(new URL("record-hub.ts", import.meta.url));

async function record(token?: string) {
  const hub = await startStandInHub();
  onTestFinished(() => hub.close());
  const out = join(await tempDir(), "recording.json");
  const ran = await run(
    process.execPath,
    ["--conditions=@mlx-download/source", script, "--endpoint", hub.url, "--out", out, "--pause=0"],
    { env: { PATH: process.env["PATH"], ...(token === undefined ? {} : { HF_TOKEN: token }) } },
  );
  return { hub, out, ran };
}

test("the recorder asks everything of a Hub and writes a recording that holds nothing of its token", async () => {
  const { hub, out, ran } = await record("hf_own");
  expect([ran.code, ran.stdout]).toEqual([
    0,
    expect.stringContaining(`${QUESTIONS.length} answers, 0 differences from what is known`),
  ]);
  const { answers } = await readRecording(out);
  expect(answers.map(({ question }) => question)).toEqual(QUESTIONS.map(({ id }) => id));
  expect(await readFile(out, "utf8")).not.toMatch(/hf_|127\.0\.0\.1:\d|anna|@example/);
  expect(hub.log.of({ target: "cdn", authorization: true })).toEqual([]);
});

test("without a token the recorder leaves out what needs one, and says so", async () => {
  const { out, ran } = await record();
  expect(ran.stdout).toContain("not asked  whoami (HF_TOKEN is not set)");
  const { answers } = await readRecording(out);
  expect(answers).toHaveLength(QUESTIONS.filter(({ as }) => as !== "own token").length);
});

test("a Hub that answers otherwise is told by question, and one that does not answer ends with 1", async () => {
  const hub = await startStandInHub();
  hub.faults.add({ on: "api", kind: "setHeaders", headers: { "x-repo-commit": "0".repeat(40) } });
  onTestFinished(() => hub.close());
  const out = join(await tempDir(), "recording.json");
  const args = ["--conditions=@mlx-download/source", script, "--out", out, "--pause=0"];
  const ran = await run(process.execPath, [...args, "--endpoint", hub.url], {
    env: { PATH: process.env["PATH"] },
  });
  expect(ran.stdout).toMatch(
    /\nmodel info \(2026-.*\)\n {2}x-repo-commit: <sha1> instead of null\n/,
  );
  const none = await run(process.execPath, [...args, "--endpoint", "http://127.0.0.1:9"], {
    env: { PATH: process.env["PATH"] },
  });
  expect([none.code, none.stdout]).toEqual([1, expect.stringContaining("no answer  model info: ")]);
});
