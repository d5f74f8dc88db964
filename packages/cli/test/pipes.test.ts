import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run as runProgram, type RunResult } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { modelFiles, ndjson, nodeArgs, program, type Stage, startStage } from "./stage.ts";

async function isInstalled(name: string): Promise<boolean> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = await Promise.allSettled(folders.map((folder) => access(join(folder, name))));
  return found.some(({ status }) => status === "fulfilled");
}

const [hasBash, hasJq] = await Promise.all([isInstalled("bash"), isInstalled("jq")]);
if (!hasBash) console.warn("bash is not installed: the tests of real pipes are skipped");

/** As `jq -c FILTER` for the filters of these tests, where jq is not installed. */
const standIn = `node -e '
  let text = "";
  process.stdin.on("data", (chunk) => (text += chunk)).on("end", () => {
    for (const line of text.trimEnd().startsWith("[") ? [text] : text.trimEnd().split("\\n"))
      console.log(JSON.stringify(JSON.parse(line)));
  });'`;
const jq = hasJq ? "jq -c ." : standIn;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs a script of bash in which `mlx-download` is the real command. */
async function bash({ env }: Stage, script: string): Promise<RunResult> {
  const command = [program, ...nodeArgs].map(quoted).join(" ");
  const text = `set -euo pipefail\nmlx-download() { ${command} "$@"; }\n${script}`;
  return runProgram("bash", ["-c", text], { env });
}

const repo = "mlx-community/Tiny-4bit";

describe.runIf(hasBash)("in a shell", () => {
  test("the path of a model goes into a variable", async () => {
    const stage = await startStage();
    await stage.hub.addRepo(repo, modelFiles(300_000));
    const script = `P=$(mlx-download get ${repo} -q); cat "$P/tokenizer.json"; echo; echo "$P"`;
    const { code, stdout, stderr } = await bash(stage, script);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\{\}\n\/.*\/snapshots\/[0-9a-f]{40}\n$/);
    const failed = await bash(stage, `P=$(mlx-download get org/none -q); echo "got $P"`);
    expect(failed).toMatchObject({ code: 4, stdout: "" });
  });

  test(`a long list goes through ${hasJq ? "jq" : "a JSON reader"} whole, and its reader may leave early`, async () => {
    const stage = await startStage();
    const names = Array.from({ length: 300 }, (_, at) => `mlx-community/Model-number-${at}-4bit`);
    for (const name of names) await stage.hub.addRepo(name, { "config.json": "{}" });
    const { code, stdout } = await bash(stage, `mlx-download list --limit 300 --json | ${jq}`);
    expect(code).toBe(0);
    const models = JSON.parse(stdout) as { repo_id: string }[];
    expect(models.map(({ repo_id }) => repo_id).toSorted()).toEqual(names.toSorted());
    const early = await bash(stage, `mlx-download list --limit 300 -q | head -n 1`);
    expect(early).toMatchObject({ code: 0, stderr: "" });
    expect(early.stdout).toMatch(/^mlx-community\/Model-number-\d+-4bit\n$/);
  });

  test("events go line by line, and a reader that leaves ends the download", async () => {
    const stage = await startStage();
    await stage.hub.addRepo(repo, modelFiles(300_000));
    const { code, stdout } = await bash(stage, `mlx-download get ${repo} --events -q | ${jq}`);
    expect(code).toBe(0);
    const types = ndjson(stdout).map(({ type }) => type);
    expect(types[0]).toBe("resolving");
    expect(types.at(-1)).toBe("result");
    await stage.hub.addRepo("org/large", modelFiles(40_000_000));
    stage.hub.faults.add({ kind: "slow", bytesPerSecond: 500_000, on: "cdn" });
    const left = await bash(
      stage,
      `set +e; mlx-download get org/large --events -q | head -n 1; echo "\${PIPESTATUS[0]}"`,
    );
    expect(left.stdout).toMatch(/"type":"resolving".*\n141\n$/);
  });
});
