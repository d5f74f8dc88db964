import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, it, onTestFinished } from "vitest";
import {
  modelFiles,
  ndjson,
  nodeArgs,
  program,
  readUntil,
  type Stage,
  startStage,
} from "./stage.ts";

const SIZE = 24_000_000;
const MODEL = "acme/house";

/** A machine that serves the model it has. Returns its address. */
async function startPeer(stage: Stage, args: readonly string[] = []): Promise<string> {
  const child = stage.start(["serve", "--port", "0", ...args]);
  child.stderr.resume();
  const [url = ""] = (await readUntil(child.stdout, "\n")).split("\n");
  // Its first look at the cache asks the Hub which models are public.
  await stage.hub.log.waitFor((entry) => entry.url.includes("auth-check"));
  await expect.poll(async () => await offers(url, stage), { timeout: 20_000 }).toBe(true);
  return url;
}

async function offers(url: string, stage: Stage): Promise<boolean> {
  const found = await stage.hub.store.find(MODEL);
  const [main] = (await found?.refs()) ?? [];
  const files = (await found?.snapshot(main?.commit ?? ""))?.files ?? [];
  const digest = files.find(({ path }) => path.includes("00001"))?.lfs?.sha256;
  const answer = await fetch(`${url}/.mlx-download/blobs/sha256/${digest}`, { method: "HEAD" });
  return answer.status === 200;
}

/** A program in the place of a peer. */
async function startRogue(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Another machine that downloads the model, with the peers it knows. */
async function getWith(
  stage: Stage,
  peers: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; events: Record<string, unknown>[]; origin: number }> {
  const home = await tempDir();
  stage.hub.log.clear();
  const args = peers.flatMap((peer) => ["--peers", peer]);
  const got = await run(program, [...nodeArgs, MODEL, "--events", ...args], {
    cwd: home,
    env: { ...stage.env, HOME: home, HF_HOME: join(home, "hf"), ...env },
  });
  const origin = stage.hub.log
    .of({ target: "cdn" })
    .reduce((sum, entry) => sum + entry.bytesSent, 0);
  return { code: got.code, events: ndjson(got.stdout), origin };
}

it("takes most of the bytes from a neighbour and all names from the Hub", async () => {
  const stage = await startStage();
  await stage.hub.addRepo(MODEL, modelFiles(SIZE));
  expect((await stage.run([MODEL])).code).toBe(0);
  const peer = await startPeer(stage);
  // The line is slow, and the neighbour is not.
  stage.hub.faults.add({ on: "cdn", path: "*", kind: "slow", bytesPerSecond: 1_000_000 });
  const { code, origin } = await getWith(stage, [peer]);
  expect(code).toBe(0);
  expect(origin).toBeLessThan(SIZE / 2);
});

it("names a neighbour that lies, asks it no more, and ends with the right bytes", async () => {
  const stage = await startStage();
  await stage.hub.addRepo(MODEL, modelFiles(SIZE));
  const liar = await startRogue((request, response) => {
    const [, from = "0", to = String(SIZE - 1)] =
      /(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
    const length = request.method === "HEAD" ? SIZE : Number(to) - Number(from) + 1;
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      "content-length": length,
      ...(request.headers.range && { "content-range": `bytes ${from}-${to}/${SIZE}` }),
    });
    response.end(request.method === "HEAD" ? undefined : Buffer.alloc(length, 7));
  });
  // The Hub alone would bring all of it before the neighbour is asked for anything.
  stage.hub.faults.add({ on: "cdn", path: "*", kind: "slow", bytesPerSecond: 10_000_000 });
  const { code, events } = await getWith(stage, [liar]);
  expect(code).toBe(0);
  const named = events.filter(({ type }) => type === "source-switched");
  expect(named).toContainEqual(
    expect.objectContaining({
      from: `peer ${new URL(liar).host}`,
      code: "transfer/checksum-mismatch",
    }),
  );
});

it("is not held up by neighbours that are gone, silent, or stop in the middle", async () => {
  const stage = await startStage();
  await stage.hub.addRepo(MODEL, modelFiles(SIZE));
  const silent = await startRogue(() => {});
  const halting = await startRogue((request, response) => {
    response.writeHead(request.method === "HEAD" ? 200 : 206, { "content-length": SIZE });
    if (request.method === "HEAD") response.end();
    else response.write(Buffer.alloc(10_000));
  });
  const { code } = await getWith(stage, ["http://127.0.0.1:9", silent, halting]);
  expect(code).toBe(0);
});

it("tells no neighbour of a gated model, and no neighbour a token", async () => {
  const stage = await startStage();
  stage.hub.store.addUser({ name: "anna", tokens: ["hf_anna"] });
  await stage.hub.addRepo(MODEL, modelFiles(SIZE), { gated: "auto", accepted: ["anna"] });
  const asked: (string | undefined)[] = [];
  const curious = await startRogue((request, response) => {
    asked.push(request.headers.authorization ?? "no token");
    response.writeHead(404).end();
  });
  const gated = await getWith(stage, [curious], { HF_TOKEN: "hf_anna" });
  expect(gated.code).toBe(0);
  expect(asked).toEqual([]);
  stage.hub.store.changeSettings(MODEL, { gated: false });
  const open = await getWith(stage, [curious], { HF_TOKEN: "hf_anna" });
  expect(open.code).toBe(0);
  expect(new Set(asked)).toEqual(new Set(["no token"]));
});

it("answers unknown, private and gated digests alike", async () => {
  const stage = await startStage();
  stage.hub.store.addUser({ name: "anna", tokens: ["hf_anna"] });
  await stage.hub.addRepo(MODEL, modelFiles(SIZE));
  await stage.hub.addRepo(
    "acme/gated",
    { "w.safetensors": { size: 2_000_000, seed: 8 } },
    { gated: "auto", accepted: ["anna"] },
  );
  await stage.hub.addRepo(
    "anna/own",
    { "w.safetensors": { size: 2_000_000, seed: 9 } },
    { private: true },
  );
  for (const id of [MODEL, "acme/gated", "anna/own"]) {
    expect((await stage.run([id, "--token", "hf_anna"])).code).toBe(0);
  }
  const peer = await startPeer(stage);
  const digests = ["f".repeat(64)];
  for (const id of ["acme/gated", "anna/own"]) {
    const repo = await stage.hub.store.find(id);
    const [main] = (await repo?.refs()) ?? [];
    const [file] = (await repo?.snapshot(main?.commit ?? ""))?.files ?? [];
    digests.push(file?.lfs?.sha256 ?? "");
  }
  const answers = await Promise.all(
    digests.map(async (digest) => {
      const answer = await fetch(`${peer}/.mlx-download/blobs/sha256/${digest}`);
      const headers = [...answer.headers].filter(([name]) => name !== "date");
      return { status: answer.status, headers, body: await answer.text() };
    }),
  );
  expect(answers[0]?.status).toBe(404);
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});
