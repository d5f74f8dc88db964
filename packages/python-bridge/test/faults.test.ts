import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { download, type DownloadOptions, ModelDownloadError } from "@mlx-download/core";
import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, tempDir, writeTree } from "@mlx-download/test-utils";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  PythonBackend,
  PythonBridge,
  PythonBridgeError,
  type PythonBridgeOptions,
} from "../src/index.ts";

const env = pythonEnv("hub-2.4.0");
const python = env?.python ?? "python3";
const PATH = process.env["PATH"];

/** A bridge whose process is this Python program; `hello` is printed first. */
async function bridgeOf(program: string, options: PythonBridgeOptions = {}): Promise<PythonBridge> {
  const script = join(await tempDir(), "bridge.py");
  const hello = `import json, os, sys, time
print(json.dumps({"hello": {"protocol": 1, "python": "3.12.0", "pid": os.getpid(), "executable": sys.executable, "huggingfaceHub": "2.4.0"}}), flush=True)
`;
  await writeFile(script, hello + program);
  return makeBridge({ python, script, env: { PATH }, ...options });
}

function makeBridge(options: PythonBridgeOptions): PythonBridge {
  const bridge = new PythonBridge(options);
  onTestFinished(() => bridge.close());
  return bridge;
}

async function failure(promise: Promise<unknown>): Promise<PythonBridgeError | ModelDownloadError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error instanceof PythonBridgeError || error instanceof ModelDownloadError).toBe(true);
  expect(error).toHaveProperty("hint", expect.stringMatching(/\S/));
  return error as PythonBridgeError;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Nobody tells when a process that is not our child is gone. */
async function gone(pid: number): Promise<void> {
  for (let tries = 0; isAlive(pid); tries += 1) {
    if (tries > 400) throw new Error(`process ${pid} is still there`);
    await delay(25);
  }
}

const TREE = ["tree", { repoId: "a/b", revision: "main" }] as const;

describe.skipIf(!env)("a process that misbehaves ends in a coded error, and is gone", () => {
  test.each([
    [
      "garbage between the messages",
      `sys.stdin.readline(); print("Loading plugin ...", flush=True); time.sleep(60)`,
    ],
    [
      "JSON that is no message",
      `sys.stdin.readline(); print('{"id": "one"}', flush=True); time.sleep(60)`,
    ],
    [
      "an error of no known kind",
      `sys.stdin.readline(); print('{"id": 1, "error": {"kind": "?"}}', flush=True); time.sleep(60)`,
    ],
    [
      "a line of 100 MB",
      `sys.stdin.readline()
for _ in range(100): sys.stdout.write("x" * 1_000_000)
sys.stdout.flush(); time.sleep(60)`,
    ],
  ])("%s", async (_, program) => {
    const bridge = await bridgeOf(program);
    const { pid } = await bridge.info();
    const before = process.memoryUsage().rss;
    const error = await failure(bridge.call(...TREE));
    expect(error.code).toBe("python/protocol");
    expect(process.memoryUsage().rss - before).toBeLessThan(80e6);
    await gone(pid);
  });

  test("one that is silent is ended, and its last words are not needed", async () => {
    const bridge = await bridgeOf("time.sleep(600)", { silenceMs: 1500 });
    const { pid } = await bridge.info();
    expect((await failure(bridge.call(...TREE))).code).toBe("python/unresponsive");
    await gone(pid);
  });

  test("one that never greets is not waited for", async () => {
    const script = join(await tempDir(), "silent.py");
    await writeFile(script, "import time; time.sleep(600)");
    const bridge = makeBridge({ python, script, env: { PATH }, startTimeoutMs: 500 });
    const error = await failure(bridge.info());
    expect([error.code, error.message]).toEqual([
      "python/crashed",
      expect.stringMatching(/500 ms/),
    ]);
  });

  test("one that ends tells how, with its last words, and the next call starts another", async () => {
    const bridge = await bridgeOf(
      `sys.stdin.readline(); print("out of luck", file=sys.stderr, flush=True); sys.exit(7)`,
    );
    const first = await bridge.info();
    const error = await failure(bridge.call(...TREE));
    expect(error.code).toBe("python/crashed");
    expect(error.message).toMatch(/exit code 7.*out of luck/);
    expect((await bridge.info()).pid).not.toBe(first.pid);
  });

  test("a token in its messages, events and last words is masked", async () => {
    const token = "secret-marker-1234";
    const bridge = await bridgeOf(`
token = json.loads(sys.stdin.readline())["params"]["token"]
print(json.dumps({"id": 1, "event": {"type": "warning", "message": "with " + token}}), flush=True)
print("leaking " + token, file=sys.stderr, flush=True)
sys.exit(1)`);
    const events: unknown[] = [];
    const error = await failure(
      bridge.call("tree", { token }, { onEvent: (event) => events.push(event) }),
    );
    expect(error.message).toMatch(/leaking <secret>/);
    expect(events).toEqual([{ type: "warning", message: "with <secret>" }]);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(token);
  });
});

const MODEL = { "config.json": "{}\n", "model.safetensors": { size: 3_000_000, seed: 7 } } as const;

interface Stage {
  readonly hub: TestHub;
  readonly cacheDir: string;
  readonly get: (backend: PythonBackend, options?: DownloadOptions) => Promise<unknown>;
}

async function startStage(): Promise<Stage> {
  const hub = await startTestHub();
  onTestFinished(() => hub.close());
  await hub.addRepo("acme/tiny", MODEL);
  const cacheDir = join(await tempDir(), "hub");
  return {
    hub,
    cacheDir,
    get: (backend, options) =>
      download("acme/tiny", { env: {}, endpoint: hub.url, cacheDir, backend, ...options }),
  };
}

/** Holds the large file in its middle; resolves when it got there. */
function holdLargeFile(hub: TestHub): {
  readonly reached: Promise<void>;
  readonly letGo: () => void;
} {
  const { promise: until, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: hit } = Promise.withResolvers<void>();
  const on = ["resolve", "cdn"] as const;
  const path = "model.safetensors";
  const held = hub.faults.add({
    on,
    path,
    method: "GET",
    kind: "hold",
    afterBytes: 1_000_000,
    until,
    onHit: () => hit(),
  });
  return {
    reached,
    letGo() {
      held.remove();
      open();
    },
  };
}

function makeBackend(options: PythonBridgeOptions): PythonBackend {
  const backend = new PythonBackend(options);
  onTestFinished(() => backend.close());
  return backend;
}

describe.skipIf(!env)("a download through Python", () => {
  test("whose process is killed fails with the code for it, and the next one is whole", async () => {
    const { hub, get } = await startStage();
    const backend = makeBackend({ python, env: { PATH } });
    const hold = holdLargeFile(hub);
    const running = failure(get(backend));
    await hold.reached;
    const { pid } = await backend.bridge.info();
    process.kill(pid, "SIGKILL");
    const error = await running;
    expect([error.code, error.message]).toEqual([
      "python/crashed",
      expect.stringMatching(/SIGKILL/),
    ]);
    hold.letGo();
    await gone(pid);
    expect(await get(backend)).toMatchObject({ bytes: { total: 3_000_003 } });
  });

  test("whose process is frozen fails with the code for it", async () => {
    const { hub, get } = await startStage();
    const backend = makeBackend({ python, env: { PATH }, silenceMs: 2500 });
    const hold = holdLargeFile(hub);
    const running = failure(get(backend));
    await hold.reached;
    const { pid } = await backend.bridge.info();
    process.kill(pid, "SIGSTOP");
    expect((await running).code).toBe("python/unresponsive");
    hold.letGo();
    await gone(pid);
  });

  test("leaves no process behind when Node is killed", async () => {
    const { hub, cacheDir } = await startStage();
    const hold = holdLargeFile(hub);
    const parent = spawn(
      process.execPath,
      [
        "--conditions=@mlx-download/source",
        fileURLToPath(new URL("parent.ts", import.meta.url)),
        python,
        hub.url,
        cacheDir,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    await hold.reached;
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await gone(pid);
    hold.letGo();
  });

  test("shows its token to nobody: not in ps, not in the environment, not to Node's listeners", async () => {
    const token = "hf_MarkerTokenForNobodyToSee";
    const { hub, get } = await startStage();
    hub.store.addUser({ name: "anna", tokens: [token] });
    const backend = makeBackend({ python, env: { PATH, HF_TOKEN: token } });
    const hold = holdLargeFile(hub);
    const events: unknown[] = [];
    const running = get(backend, { token, onEvent: (event) => events.push(event) });
    await hold.reached;
    const { pid } = await backend.bridge.info();
    const { stdout } = await run("ps", ["-eww", "-o", "pid,args"]);
    expect(stdout).toMatch(new RegExp(`^\\s*${pid} .*run_bridge`, "m"));
    expect(stdout).not.toContain(token);
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    expect(environment).not.toContain(token);
    hold.letGo();
    await running;
    expect(hub.log.of({ target: "api", authorization: false })).toEqual([]);
    expect(inspect(events, { depth: 9 })).not.toContain(token);
  });

  test("asks the Hub nothing by another client, and refuses what would", async () => {
    const { hub, get } = await startStage();
    const backend = makeBackend({ python, env: { PATH } });
    await get(backend, { review: true });
    expect(hub.log.entries.filter((entry) => !entry.userAgent?.includes("hf_hub"))).toEqual([]);
    for (const options of [
      { requireFit: true },
      { trust: "data" },
      { limitRate: 5 },
      { fetch },
    ] as const) {
      expect((await failure(get(backend, options))).code).toBe("settings/invalid");
    }
  });

  test("is not disturbed by a plugin that prints", async () => {
    const { get } = await startStage();
    const plugin = await tempDir();
    await writeTree(plugin, {
      "sitecustomize.py": `import sys, threading, time
print("plugin loaded")
sys.__stdout__.flush()
def chatter():
    while True:
        print("still here", flush=True)
        time.sleep(0.002)
threading.Thread(target=chatter, daemon=True).start()
time.sleep(0.05)
`,
    });
    const backend = makeBackend({ python, env: { PATH, PYTHONPATH: plugin } });
    expect(await get(backend)).toMatchObject({ bytes: { fetched: 3_000_003 } });
  });

  test("two at once share the process, and one that is stopped does not end the other", async () => {
    const { hub, get } = await startStage();
    await hub.addRepo("acme/other", MODEL);
    const backend = makeBackend({ python, env: { PATH } });
    const hold = holdLargeFile(hub);
    const stop = new AbortController();
    const reason = new Error("enough");
    const stopped = get(backend, { signal: stop.signal });
    await hold.reached;
    const cacheDir = join(await tempDir(), "hub");
    const { pid } = await backend.bridge.info();
    stopped.catch(() => {});
    const other = download("acme/tiny", { env: {}, endpoint: hub.url, cacheDir, backend });
    await hub.log.waitFor({ method: "GET", path: "model.safetensors" }, 2);
    stop.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    hold.letGo();
    expect(await other).toMatchObject({ bytes: { fetched: 3_000_003 } });
    expect((await backend.bridge.info()).pid).toBe(pid);
  });
});

describe("finding Python", () => {
  /** A folder with a program `python3`. */
  async function folderWith(text: string, name = "python3"): Promise<string> {
    const folder = await tempDir();
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, name), 0o755);
    return folder;
  }

  test.each([
    [
      "nothing on the PATH",
      {},
      { PATH: "/nonexistent" },
      /python3 \(PATH\) not there.*python \(PATH\)/,
      /3\.10/,
    ],
    [
      "a path that is wrong",
      { python: "/no/python" },
      { PATH },
      /\/no\/python \(the python option\)/,
      /Name/,
    ],
    ["PYTHON_PATH that is wrong", {}, { PATH, PYTHON_PATH: "/no/python" }, /PYTHON_PATH/, /Name/],
  ])("%s is python/not-found", async (_, options, environment, message, hint) => {
    const error = await failure(makeBridge({ ...options, env: environment }).info());
    expect(error.code).toBe("python/not-found");
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  test("a Python that is too old is named, with what to do", async () => {
    const old = await folderWith(
      `echo '{"hello":{"protocol":1,"python":"3.8.1","unsupported":true}}'`,
    );
    const error = await failure(makeBridge({ env: { PATH: old } }).info());
    expect(error).toMatchObject({
      code: "python/unsupported",
      hint: expect.stringMatching(/newer/),
    });
    expect(error.message).toMatch(/is Python 3\.8\.1/);
  });

  test("a program that is no Python is named", async () => {
    const folder = await folderWith("echo not python; exit 3");
    const error = await failure(makeBridge({ env: { PATH: folder } }).info());
    expect([error.code, error.message]).toEqual([
      "python/crashed",
      expect.stringMatching(/exit code 3/),
    ]);
  });

  describe.skipIf(!env)("with a real one", () => {
    let without = "";
    beforeAll(async () => {
      without = `exec ${python} -S "$@"`;
    });

    test("without huggingface_hub the hint is the one command, by pip or by uv; the rest still works", async () => {
      const folder = await folderWith(without);
      const bare = makeBridge({ env: { PATH: folder } });
      const error = await failure(bare.call(...TREE));
      expect(error.code).toBe("python/no-hub-client");
      expect(error.hint).toMatch(
        // A system's own Python takes packages in a venv alone.
        /^Install it: \S+python3?\S* -m (?:pip install --upgrade "huggingface_hub>=0\.34"$|venv \S+ && \S+ -m pip install "huggingface_hub>=0\.34")/,
      );
      expect(await bare.runtime()).toMatchObject({
        versions: { mlx: null },
        device: null,
        modelTypes: null,
      });
      await writeFile(join(folder, "uv"), "");
      const withUv = await failure(makeBridge({ env: { PATH: folder } }).call(...TREE));
      expect(withUv.hint).toMatch(/uv pip install --python \S+ "huggingface_hub>=0\.34"/);
    });

    test("the first that has huggingface_hub is taken, an active environment before all", async () => {
      const folder = await folderWith(without);
      const good = `${folder}:${join(python, "..")}`;
      expect((await makeBridge({ env: { PATH: good } }).info()).huggingfaceHub).toBe("2.4.0");
      const active = { PATH: "/nonexistent", VIRTUAL_ENV: join(python, "../..") };
      expect((await makeBridge({ env: active }).info()).executable).toBe(python);
    });

    test("a huggingface_hub that is too old is python/unsupported", async () => {
      const folder = await tempDir();
      await writeTree(folder, {
        "huggingface_hub-0.20.3.dist-info/METADATA":
          "Metadata-Version: 2.1\nName: huggingface_hub\nVersion: 0.20.3\n",
      });
      const old = makeBridge({ python, env: { PATH, PYTHONPATH: folder } });
      const error = await failure(old.call(...TREE));
      expect(error).toMatchObject({
        code: "python/unsupported",
        data: { huggingfaceHub: "0.20.3" },
      });
      expect(error.hint).toMatch(/Update it: .*pip install --upgrade/);
    });
  });
});

const mlx = pythonEnv("mlx");
test.skipIf(!mlx)("what a Python can run is told: versions, device, model types", async () => {
  const runtime = await makeBridge({ python: mlx?.python, env: { PATH } }).runtime();
  expect(runtime.versions).toMatchObject({ mlx: "0.32.2", "mlx-lm": "0.32.2" });
  expect(runtime.device).toMatchObject({ info: { device_name: expect.any(String) } });
  expect(runtime.modelTypes).toEqual(expect.arrayContaining(["llama", "qwen3", "gpt_oss"]));
  expect(runtime.modelTypes).not.toContain("base");
  expect(runtime.modelRemapping).toMatchObject({ mistral: "llama" });
});

test.skipIf(!env)("a bridge that rests does not keep Node running", async () => {
  const program = `
    import { PythonBridge } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)};
    console.log((await new PythonBridge({ python: ${JSON.stringify(python)} }).info()).pid);
  `;
  const args = ["--conditions=@mlx-download/source", "--input-type=module", "-e", program];
  const { code, stdout } = await run(process.execPath, args, { env: { PATH }, timeoutMs: 20_000 });
  expect(code).toBe(0);
  await gone(Number(stdout));
});
