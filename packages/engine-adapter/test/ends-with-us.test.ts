import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pythonEnv, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { startMlxLmServer } from "../src/drivers/mlx-lm-server.ts";

const CHILD = join(import.meta.dirname, "start-child.ts");

/** A server with a child of its own; it ends for no signal that can be ignored, and says the child's id in a file. */
const STUBBORN = `
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) process.on(signal, () => {});
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
writeFileSync(process.argv[1] + "." + process.pid, String(child.pid));
const port = Number(process.argv.find((one) => one.startsWith("--port=")).slice(7));
createServer((_, response) => response.end("{}")).listen(port, "127.0.0.1");
`;

async function stubbornServer(): Promise<string> {
  const script = join(await tempDir(), "server.mjs");
  await writeFile(script, STUBBORN);
  return script;
}

/** Starts a program that starts a server; both are running when this resolves. */
async function startParent(command: readonly string[]) {
  const parent = spawn(process.execPath, ["--conditions=@mlx-download/source", CHILD, ...command], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
  return { parent, server: Number(line) };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const expectGone = (pid: number): Promise<void> =>
  expect.poll(() => isRunning(pid), { timeout: 3000, interval: 20 }).toBe(false);

test.each(["SIGTERM", "SIGHUP", "SIGKILL"] as const)(
  "%s to the program that started it ends a server, and what that started",
  async (signal) => {
    const script = await stubbornServer();
    const { parent, server } = await startParent([process.execPath, script]);
    const grandchild = Number(await readFile(`${script}.${server}`, "utf8"));
    expect([isRunning(server), isRunning(grandchild)]).toEqual([true, true]);
    parent.kill(signal);
    await expectGone(server);
    await expectGone(grandchild);
  },
);

// Each takes a second or two; MLX_DOWNLOAD_KILLS says how many.
const ROUNDS = Math.ceil(Number(process.env["MLX_DOWNLOAD_KILLS"] ?? 4) / 4);

test("programs that are killed leave no server behind", { timeout: ROUNDS * 30_000 }, async () => {
  const script = await stubbornServer();
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = await Promise.all(
      Array.from({ length: 4 }, () => startParent([process.execPath, script])),
    );
    for (const { parent } of started) parent.kill("SIGKILL");
    for (const { server } of started) await expectGone(server);
  }
});

test("a server that is closed leaves nothing behind", async () => {
  const script = await stubbornServer();
  const server = await startMlxLmServer({ command: [process.execPath, script] });
  const grandchild = Number(await readFile(`${script}.${server.pid}`, "utf8"));
  process.kill(server.pid, "SIGKILL");
  await expectGone(grandchild);
  await server.close();
});

const python = pythonEnv("mlx");

test.skipIf(!python)("kill -9 ends the real mlx_lm.server too", async () => {
  const { parent, server } = await startParent([join(python?.bin ?? "", "mlx_lm.server")]);
  parent.kill("SIGKILL");
  await expectGone(server);
});
