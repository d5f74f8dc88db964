import { once } from "node:events";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, it } from "vitest";
import { modelFiles, nodeArgs, program, readUntil, type Stage, startStage } from "./stage.ts";

const SIZE = 6_000_000;
const MODEL = "acme/house";

/** A running `mlx-download serve --json` on a free port. */
interface Mirror {
  readonly url: string;
  readonly pid: number;
  /** Everything it has said after the first line, as objects. */
  readonly events: () => Record<string, unknown>[];
  readonly kill: (signal: NodeJS.Signals) => Promise<number | null>;
}

async function startMirror(stage: Stage, args: readonly string[] = []): Promise<Mirror> {
  const child = stage.start(["serve", "--json", "--port", "0", ...args]);
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const stderr = readUntil(child.stderr, "\0");
  await Promise.race([readUntil(child.stdout, "\n"), once(child, "exit")]);
  const [first = ""] = said.split("\n");
  if (first === "") throw new Error(`serve said nothing: ${await stderr}`);
  const { url, pid } = JSON.parse(first) as { url: string; pid: number };
  return {
    url,
    pid,
    events: () =>
      said
        .split("\n")
        .slice(1, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async kill(signal) {
      const ended = once(child, "exit");
      child.kill(signal);
      return ((await ended) as [number | null])[0];
    },
  };
}

/** Another machine: an empty home that knows only the mirror. */
async function client(url: string, env: NodeJS.ProcessEnv = {}) {
  const home = await tempDir();
  return {
    home,
    get: (args: readonly string[]) =>
      run(program, [...nodeArgs, ...args], {
        cwd: home,
        env: {
          PATH: process.env["PATH"],
          HOME: home,
          HF_HOME: join(home, "hf"),
          HF_ENDPOINT: url,
          NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
          ...env,
        },
      }),
  };
}

const bytesOf = (stage: Stage): number =>
  stage.hub.log.entries.reduce((sum, entry) => sum + entry.bytesSent, 0);

async function sha256(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

async function expectSame(path: string, other: string): Promise<void> {
  for (const name of Object.keys(modelFiles(SIZE))) {
    expect(await sha256(join(path, name)), name).toBe(await sha256(join(other, name)));
  }
}

describe("mlx-download serve", () => {
  it("serves what is in the cache byte for byte, and asks the Hub only who may read it", async () => {
    const stage = await startStage();
    await stage.hub.addRepo(MODEL, modelFiles(SIZE));
    const here = await stage.run([MODEL]);
    const mirror = await startMirror(stage);
    stage.hub.log.clear();

    const there = await (await client(mirror.url)).get([MODEL]);

    expect(there.code, there.stderr).toBe(0);
    await expectSame(there.stdout.trim(), here.stdout.trim());
    expect(stage.hub.log.entries.map(({ url }) => url)).toEqual([
      `/api/models/${MODEL}/auth-check`,
    ]);
  });

  it("brings a model over the line once for three clients at once, and then not again", async () => {
    const stage = await startStage();
    await stage.hub.addRepo(MODEL, modelFiles(SIZE));
    const mirror = await startMirror(stage, ["--pull-through"]);
    const cold = await Promise.all(
      [1, 2, 3].map(async () => (await client(mirror.url)).get([MODEL])),
    );
    expect(cold.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(bytesOf(stage)).toBeLessThan(2 * SIZE * 1.01);
    stage.hub.log.clear();

    const warm = await (await client(mirror.url)).get([MODEL]);

    expect(warm.code, warm.stderr).toBe(0);
    await expectSame(warm.stdout.trim(), (cold[0]?.stdout ?? "").trim());
    for (const version of ["hub-1.33.0", "hub-2.4.0"] as const) {
      const python = pythonEnv(version);
      if (python === undefined) continue;
      const home = await tempDir();
      const got = await run(join(python.bin, "hf"), ["download", MODEL, "--local-dir", "model"], {
        cwd: home,
        env: { PATH: process.env["PATH"], HOME: home, HF_HOME: home, HF_ENDPOINT: mirror.url },
      });
      expect(got.code, got.stderr).toBe(0);
      await expectSame(join(home, "model"), warm.stdout.trim());
    }
    expect(bytesOf(stage)).toBe(0);
  });

  it("goes on after a kill in the middle and fetches nothing twice", async () => {
    // A kill costs what is on its way, in the buffers of eight sockets, too: 2 to 3 MB whatever the size.
    const large = 40_000_000;
    const stage = await startStage();
    await stage.hub.addRepo(MODEL, modelFiles(large));
    // Slow, so that what is on its way at the kill is little.
    stage.hub.faults.add({ on: "cdn", path: "*", kind: "slow", bytesPerSecond: 4_000_000 });
    const first = await startMirror(stage, ["--pull-through"]);
    const waiting = ["00001", "00002"].map(async (shard) => {
      const path = `model-${shard}-of-00002.safetensors`;
      const answer = await fetch(`${first.url}/${MODEL}/resolve/main/${path}`);
      return answer.arrayBuffer();
    });
    const ended = Promise.allSettled(waiting);
    await stage.hub.log.waitFor({ target: "cdn" });
    await expect.poll(() => bytesOf(stage), { timeout: 30_000 }).toBeGreaterThan(large);
    await first.kill("SIGKILL");
    expect((await ended).map(({ status }) => status)).toContain("rejected");
    stage.hub.faults.clear();
    const second = await startMirror(stage, ["--pull-through"]);

    const got = await (await client(second.url)).get([MODEL]);

    expect(got.code, got.stderr).toBe(0);
    expect(bytesOf(stage)).toBeLessThan(2 * large * 1.05);
  });

  it("lets no client that verifies nothing end with wrong bytes of a lying Hub", async () => {
    const shard = "model-00001-of-00002.safetensors";
    const stage = await startStage();
    await stage.hub.addRepo(MODEL, modelFiles(SIZE));
    // The first answer about this place lies, and the others do not.
    stage.hub.faults.add({ on: "cdn", path: shard, kind: "wrongBytes", offset: 100, times: 1 });
    const args = ["--pull-through", "--connections", "1"];
    const first = await startMirror(stage, args);
    const answer = await fetch(`${first.url}/${MODEL}/resolve/main/${shard}`);
    expect(answer.headers.get("x-accel-expires")).toBe("0");
    let got = 0;
    await expect(async () => {
      for await (const chunk of answer.body ?? []) got += chunk.byteLength;
    }).rejects.toThrow();
    expect(got).toBeGreaterThan(0);
    expect(got).toBeLessThan(SIZE);
    await expect
      .poll(() => first.events().map(({ type }) => type), { timeout: 20_000 })
      .toContain("fill-done");
    const goOn = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${url}/${MODEL}/resolve/main/${shard}`, {
        headers: { range: `bytes=${got}-`, ...headers },
      });
    // Python's client begins anew at a 200. It would have put right bytes behind wrong ones.
    const whole = await goOn(first.url);
    expect(whole.status).toBe(200);
    const right = await (await client(stage.hub.url)).get([MODEL]);
    expect(
      createHash("sha256")
        .update(new Uint8Array(await whole.arrayBuffer()))
        .digest("hex"),
    ).toBe(await sha256(join(right.stdout.trim(), shard)));
    await first.kill("SIGKILL");
    const second = await startMirror(stage, args);
    expect((await goOn(second.url)).status).toBe(200);
    expect((await goOn(second.url, { "user-agent": "mlx-download/1.0" })).status).toBe(206);
    expect((await goOn(second.url, { range: "bytes=0-0" })).status).toBe(206);
    const other = await fetch(
      `${second.url}/${MODEL}/resolve/main/model-00002-of-00002.safetensors`,
      { headers: { range: "bytes=5-9" } },
    );
    expect(other.status).toBe(206);
  });

  it("gives a gated model to the client whose token the Hub accepts, and to no other", async () => {
    const stage = await startStage();
    stage.hub.store.addUser({ name: "anna", tokens: ["hf_anna"] });
    stage.hub.store.addUser({ name: "ben", tokens: ["hf_ben"] });
    const gated = { gated: "manual", accepted: ["anna"] } as const;
    await stage.hub.addRepo(MODEL, modelFiles(SIZE), gated);
    const mirror = await startMirror(stage, ["--pull-through"]);
    const codes: (number | null)[] = [];
    for (const env of [
      {},
      { HF_TOKEN: "hf_ben" },
      { HF_TOKEN: "hf_anna" },
      { HF_TOKEN: "hf_ben" },
      {},
    ]) {
      codes.push((await (await client(mirror.url, env)).get([MODEL])).code);
    }
    expect(codes).toEqual([3, 3, 0, 3, 3]);
    expect(JSON.stringify(mirror.events())).not.toContain("hf_anna");
  });

  it("serves a branch as it was last known while the Hub is away, and says so", async () => {
    const stage = await startStage();
    await stage.hub.addRepo(MODEL, modelFiles(SIZE));
    const before = await startMirror(stage, ["--pull-through"]);
    expect((await (await client(before.url)).get([MODEL])).code).toBe(0);
    expect(await before.kill("SIGTERM")).toBe(0);
    await stage.hub.close();
    const reader = await startMirror(stage, ["--offline", "--share", "all"]);
    expect((await fetch(`${reader.url}/${MODEL}/resolve/main/config.json`)).status).toBe(200);
    const mirror = await startMirror(stage, ["--pull-through"]);

    const answer = await fetch(`${mirror.url}/api/models/${MODEL}/revision/main`);
    const got = await (await client(mirror.url)).get([MODEL]);

    expect(answer.headers.get("warning")).toContain("Stale");
    expect(got.code, got.stderr).toBe(0);
    expect(mirror.events()).toContainEqual(expect.objectContaining({ type: "stale" }));
  });

  it("says its address first, writes no queries or tokens, and ends well when it is told to", async () => {
    const stage = await startStage();
    const mirror = await startMirror(stage);
    const response = await fetch(`${mirror.url}/api/models/acme/none?secret=hf_abc`, {
      headers: { authorization: "Bearer hf_secret" },
    });
    expect(response.status).toBe(404);
    expect(await (await fetch(`${mirror.url}/healthz`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(`${mirror.url}/metrics`)).text()).toContain(
      'mlx_download_mirror_requests_total{status="404"} 1',
    );
    expect(await mirror.kill("SIGTERM")).toBe(0);
    const log = JSON.stringify(mirror.events());
    expect(log).toContain("/api/models/acme/none");
    expect(log).not.toMatch(/hf_/);
  });

  it("asks for its access token, which may stand before a token of the Hub", async () => {
    const stage = await startStage();
    stage.hub.store.addUser({ name: "anna", tokens: ["hf_anna"] });
    await stage.hub.addRepo(MODEL, modelFiles(SIZE), { gated: "auto", accepted: ["anna"] });
    const tokenFile = join(await tempDir(), "token");
    const mirror = await startMirror(stage, ["--pull-through", "--access-token", tokenFile]);
    const token = (await readFile(tokenFile, "utf8")).trim();
    const ask = async (authorization?: string): Promise<number> => {
      const headers = authorization === undefined ? {} : { authorization };
      return (await fetch(`${mirror.url}/${MODEL}/resolve/main/config.json`, { headers })).status;
    };
    expect(await ask()).toBe(401);
    expect(await ask("Bearer hf_anna")).toBe(401);
    expect(await ask(`Bearer ${token}`)).toBe(401);
    expect(await ask(`Bearer ${token}~hf_anna`)).toBe(200);
    expect(await ask(`Bearer ${token}~hf_ben`)).toBe(403);
  });

  it("does not take itself for its Hub", async () => {
    const stage = await startStage();
    const { port } = new URL(stage.hub.url);
    const refused = await stage.run(["serve", "--port", port]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("the mirror itself");
  });

  it("listens for others only with a token or when it is told that all may connect", async () => {
    const stage = await startStage();
    const refused = await stage.run(["serve", "--host", "0.0.0.0", "--port", "0"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--public");
    const mirror = await startMirror(stage, ["--host", "0.0.0.0", "--public"]);
    expect((await fetch(`${mirror.url}/healthz`)).status).toBe(200);
  });
});
