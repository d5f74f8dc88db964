import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { run } from "@mlx-download/test-utils";
import { expect, test } from "vitest";

const url = JSON.stringify(new URL("child.mjs", import.meta.url).href);

/** Arguments of a process that does nothing but become the given program. */
function becoming(program: string): readonly string[] {
  const args = JSON.stringify(["-e", program]);
  const wrapper = `const { become } = await import(${url}); await become(process.execPath, ${args}, { env: process.env });`;
  return ["--input-type=module", "-e", wrapper];
}

/** Arguments of a process that runs the given program quietly and says how that failed. */
function running(program: string): readonly string[] {
  const args = JSON.stringify(["-e", program]);
  const wrapper = `
    const { run } = await import(${url});
    try {
      await run(process.execPath, ${args}, { quiet: true });
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }`;
  return ["--input-type=module", "-e", wrapper];
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  const [code, signal] = (await once(child, "close")) as unknown[];
  return { code, signal };
}

test("the program's exit code and its stdio are ours", async () => {
  const program = `process.stdin.pipe(process.stdout); process.exitCode = 75`;
  const result = await run(process.execPath, becoming(program), { input: "data" });
  expect(result).toEqual({ code: 75, signal: null, stdout: "data", stderr: "" });
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s reaches the program, which decides how to end",
  async (signal) => {
    const program = `process.on("${signal}", () => process.exit(42)); console.log("ready"); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, becoming(program));
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await ended(child)).toEqual({ code: 42, signal: null });
  },
);

test("a program that a signal ended ends us by the same signal", async () => {
  const child = spawn(process.execPath, becoming(`process.kill(process.pid, "SIGKILL")`));
  expect(await ended(child)).toEqual({ code: null, signal: "SIGKILL" });
});

test("what a preparing command writes is shown only when it fails, and on stderr", async () => {
  const good = await run(process.execPath, running(`console.log("words")`));
  expect(good).toMatchObject({ code: 0, stdout: "", stderr: "" });
  const bad = await run(process.execPath, running(`console.log("words"); process.exitCode = 9`));
  expect(bad).toMatchObject({ code: 1, stdout: "" });
  expect(bad.stderr).toMatch(/^words\n[\s\S]*exit 9\n$/u);
});
