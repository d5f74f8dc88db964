import { expect, test } from "vitest";
import { run } from "./run.ts";

test("a program's output, input and exit code come back", async () => {
  const program = `process.stdin.pipe(process.stdout); console.error("to stderr"); process.exitCode = 3`;
  const result = await run(process.execPath, ["-e", program], { input: "to stdout" });
  expect(result).toEqual({ code: 3, signal: null, stdout: "to stdout", stderr: "to stderr\n" });
});

test("a program that takes too long is killed, and the error shows what it wrote", async () => {
  const program = `console.log("so far"); setInterval(() => {}, 1000)`;
  const running = run(process.execPath, ["-e", program], { timeoutMs: 1500 });
  await expect(running).rejects.toThrow(/took more than 1500 ms\nso far/u);
});

test("a program that does not exist is an error", async () => {
  await expect(run("/nonexistent/program", [])).rejects.toThrow(/ENOENT/u);
});
