import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { expect, it, onTestFinished } from "vitest";
import { modelFiles, nodeArgs, program, readUntil, type Stage, startStage } from "./stage.ts";

const SIZE = 20_000_000;
const MODEL = "acme/house";
const nginx = findNginx();
if (nginx === undefined) {
  console.info("nginx is not here: the tests of deploy/nginx/mirror.conf are skipped");
}

/** The nginx of MLX_DOWNLOAD_NGINX or of the path. */
function findNginx(): string | undefined {
  const named = process.env["MLX_DOWNLOAD_NGINX"];
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return [named, ...folders.map((folder) => join(folder, "nginx"))].find(
    (path) => path !== undefined && path !== "" && existsSync(path),
  );
}

/** A mirror, and nginx before it with the configuration that the repo ships. */
async function startFleet(stage: Stage): Promise<string> {
  const mirror = stage.start(["serve", "--pull-through", "--port", "0"]);
  mirror.stderr.resume();
  const [url = ""] = (await readUntil(mirror.stdout, "\n")).split("\n");
  const folder = await tempDir();
  const shipped = await readFile(
    fileURLToPath(new URL("../../../deploy/nginx/mirror.conf", import.meta.url)),
    "utf8",
  );
  // nginx cannot say which free port it took, so that one that is taken is answered by another try.
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const site = shipped
      .replaceAll("127.0.0.1:8090", new URL(url).host)
      .replaceAll("/var/cache/nginx/models", join(folder, "models"))
      .replaceAll("listen 8080", `listen 127.0.0.1:${port}`);
    const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${join(folder, name)};`,
    );
    await mkdir(join(folder, "logs"), { recursive: true });
    await writeFile(
      join(folder, "nginx.conf"),
      `${process.getuid?.() === 0 ? "user root;" : ""} daemon off; pid ${folder}/pid; error_log ${folder}/logs/error.log;
       events { worker_connections 512; }
       http { access_log off; ${temps.join(" ")} ${site} }`,
    );
    const args = [
      "-e",
      join(folder, "logs/error.log"),
      "-p",
      folder,
      "-c",
      join(folder, "nginx.conf"),
    ];
    const child = spawn(nginx ?? "", args, { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGTERM"));
    const front = `http://127.0.0.1:${port}`;
    while (child.exitCode === null) {
      const answer = await fetch(`${front}/healthz`).catch(() => undefined);
      if (answer?.status === 200) return front;
    }
  }
  throw new Error(
    `nginx does not start: ${await readFile(join(folder, "logs/error.log"), "utf8")}`,
  );
}

async function get(stage: Stage, endpoint: string): Promise<{ code: number | null; path: string }> {
  const home = await tempDir();
  const got = await run(program, [...nodeArgs, MODEL], {
    cwd: home,
    env: { ...stage.env, HOME: home, HF_HOME: join(home, "hf"), HF_ENDPOINT: endpoint },
  });
  return { code: got.code, path: got.stdout.trim() };
}

const bytesOf = (stage: Stage): number =>
  stage.hub.log.entries.reduce((sum, entry) => sum + entry.bytesSent, 0);

it.skipIf(nginx === undefined)(
  "brings a model once through nginx and the mirror, and warm from nginx's disk",
  async () => {
    const stage = await startStage();
    await stage.hub.addRepo(MODEL, modelFiles(SIZE));
    const front = await startFleet(stage);
    const cold = await Promise.all([1, 2, 3].map(() => get(stage, front)));
    expect(cold.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(bytesOf(stage)).toBeLessThan(2 * SIZE * 1.01);
    stage.hub.log.clear();
    const warm = await get(stage, front);
    expect(warm.code).toBe(0);
    expect(bytesOf(stage)).toBe(0);
    const name = "model-00002-of-00002.safetensors";
    const [one, other] = [join(warm.path, name), join(cold[0]?.path ?? "", name)];
    expect((await readFile(one)).equals(await readFile(other))).toBe(true);
    for (const version of ["hub-1.33.0", "hub-2.4.0"] as const) {
      const python = pythonEnv(version);
      if (python === undefined) continue;
      const home = await tempDir();
      const got = await run(join(python.bin, "hf"), ["download", MODEL], {
        cwd: home,
        env: { PATH: process.env["PATH"], HOME: home, HF_HOME: home, HF_ENDPOINT: front },
      });
      expect(got.code, got.stderr).toBe(0);
    }
  },
);

it.skipIf(nginx === undefined)("keeps none of the wrong bytes of a Hub that lies", async () => {
  const stage = await startStage();
  const shard = "model-00001-of-00002.safetensors";
  const { commit } = await stage.hub.addRepo(MODEL, modelFiles(SIZE));
  const front = await startFleet(stage);
  const right = await get(stage, stage.hub.url);
  stage.hub.faults.add({ on: "cdn", path: shard, kind: "wrongBytes", offset: 100, times: 1 });
  const ask = async (): Promise<Uint8Array | undefined> => {
    const answer = await fetch(`${front}/${MODEL}/resolve/${commit}/${shard}`);
    return answer.arrayBuffer().then(
      (bytes) => new Uint8Array(bytes),
      () => undefined,
    );
  };
  // The first one may be cut. None is whole and wrong, and nginx has kept none of it.
  const wanted = await readFile(join(right.path, shard));
  const got = [await ask(), await ask(), await ask()];
  for (const bytes of got.filter((one) => one !== undefined)) {
    expect(bytes.length !== SIZE || wanted.equals(bytes)).toBe(true);
  }
  expect(wanted.equals(got.at(-1) ?? new Uint8Array())).toBe(true);
  const rest = await fetch(`${front}/${MODEL}/resolve/${commit}/${shard}`, {
    headers: { range: "bytes=5000000-" },
  });
  expect([403, 416]).toContain(rest.status);
});

it.skipIf(nginx === undefined)(
  "gives a warm gated file to nobody without the right, which the mirror asks the Hub about",
  async () => {
    const stage = await startStage();
    stage.hub.store.addUser({ name: "anna", tokens: ["hf_anna"] });
    const gated = { gated: "manual", accepted: ["anna"] } as const;
    const { commit } = await stage.hub.addRepo(MODEL, modelFiles(SIZE), gated);
    const front = await startFleet(stage);
    const file = `${front}/${MODEL}/resolve/${commit}/model-00001-of-00002.safetensors`;
    const ask = async (token?: string): Promise<{ status: number; bytes: number }> => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await fetch(file, { headers });
      return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength };
    };
    expect(await ask("hf_anna")).toEqual({ status: 200, bytes: SIZE });
    stage.hub.log.clear();
    expect(await ask("hf_anna")).toEqual({ status: 200, bytes: SIZE });
    expect(bytesOf(stage)).toBe(0);
    expect((await ask()).status).toBe(403);
    expect((await ask("hf_ben")).status).toBe(403);
  },
);
