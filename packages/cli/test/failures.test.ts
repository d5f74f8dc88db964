import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { modelFiles, ndjson, nodeArgs, program, startStage } from "./stage.ts";

const token = "hf_annaAnnaAnnaAnnaAnnaAnna1234";

test("an unknown repo: exit 4, one sentence and a next step", async () => {
  const { run } = await startStage();
  const { code, stdout, stderr } = await run(["org/none"]);
  expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
  expect(stderr).toMatch(/^error: hub\/repo-not-found {2}There is no model org\/none/m);
  expect(stderr).toMatch(/^ {2}fix: .*private/m);
});

test("a mistyped name: the model of the catalogue that was probably meant, also for one of several and for programs", async () => {
  const { run } = await startStage();
  // Of the list that ships with the program.
  const person = await run(["mlx-comunity/Qwen3-0.6B-4bit"]);
  expect(person.code).toBe(4);
  expect(person.stderr).toMatch(/^ {2}fix: Did you mean mlx-community\/Qwen3-0\.6B-4bit\?/m);
  const several = await run(["mlx-community/Qwen3-06B-4bit", "org/none", "--json"]);
  const { results } = JSON.parse(several.stdout);
  expect(results).toMatchObject([
    { error: { code: "hub/repo-not-found", meant: "mlx-community/Qwen3-0.6B-4bit" } },
    { error: { code: "hub/repo-not-found" } },
  ]);
  expect(results[1].error).not.toHaveProperty("meant");
});

test("an unknown revision: exit 4", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo("org/name", { "config.json": "{}" });
  const { code, stdout } = await run(["org/name@v9", "--json"]);
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 1,
    error: {
      code: "hub/revision-not-found",
      exitCode: 4,
      message: expect.any(String),
      hint: expect.any(String),
    },
  });
});

test("a gated repo: exit 3 without a token, a download with it, and the token goes to the Hub only", async () => {
  const { hub, run, env } = await startStage();
  hub.store.addUser({ name: "anna", tokens: [token] });
  await hub.addRepo("org/gated", modelFiles(300_000), { gated: "manual", accepted: ["anna"] });
  const refused = await run(["org/gated", "--debug"]);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/^error: hub\/gated /m);
  expect(refused.stderr).toMatch(/^ {2}fix: .* mlx-download login/m);
  expect(refused.stderr).toMatch(/^requestId: +\S/m);

  const piped = await run(["org/gated", "--token-stdin"], `${token}\n`);
  expect(piped).toMatchObject({ code: 0 });
  expect(hub.log.of({ target: "cdn", authorization: true })).toEqual([]);

  const onArgv = await run(["org/gated", "--token", token, "--force"]);
  expect(onArgv.code).toBe(0);
  expect(onArgv.stderr).toContain("warning: --token is visible to other users");
  env["HF_TOKEN"] = token;
  const fromEnv = await run(["org/gated", "--force", "-q"]);
  expect(fromEnv).toMatchObject({ code: 0, stderr: "" });
});

test("a token that the Hub does not know: exit 3, and it is nowhere in the output", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo("org/name", { "config.json": "{}" }, { private: true });
  const { code, stdout, stderr } = await run(["org/name", "--token", token, "--debug", "--json"]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "hub/unauthorized" } });
  expect(stdout + stderr).not.toContain("annaAnna");
});

test("a public model comes without a refused token, which every command names by where it is from", async () => {
  const { hub, run, env } = await startStage();
  await hub.addRepo("mlx-community/name", modelFiles(100), { tags: ["mlx"] });
  await run(["mlx-community/name", "-q"]);
  for (const args of [
    ["get", "mlx-community/name", "--force"],
    ["info", "mlx-community/name"],
    ["files", "mlx-community/name", "--revision", "main"],
    ["list", "--all"],
    ["verify", "mlx-community/name", "--hub"],
  ]) {
    for (const [more, source, input] of [
      [["--token", token], "--token", ""],
      [["--token-stdin"], "--token-stdin", `${token}\n`],
    ] as const) {
      const { code, stderr } = await run([...args, ...more], input);
      expect([args[0], code]).toEqual([args[0], 0]);
      expect(stderr).toContain(`refuses the token from ${source} (`);
      expect(stderr.match(/refuses the token/g)).toHaveLength(1);
    }
  }
  env["HF_TOKEN"] = token;
  const { code, stderr } = await run(["get", "mlx-community/name", "--force"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/refuses the token from HF_TOKEN .*Continuing without it/s);
  expect((await run(["whoami"])).code).toBe(3);
});

test("--token-stdin without a token: exit 2", async () => {
  const { run } = await startStage();
  const { code, stderr } = await run(["org/name", "--token-stdin"], "\n");
  expect(code).toBe(2);
  expect(stderr).toContain("found no token on standard input");
});

test("no network: exit 5", async () => {
  const { run, env } = await startStage();
  env["HF_ENDPOINT"] = "http://127.0.0.1:9";
  const { code, stderr } = await run(["org/name"]);
  expect(code).toBe(5);
  expect(stderr).toMatch(/^error: hub\/unreachable .*127\.0\.0\.1:9/m);
});

test("a SOCKS proxy that nobody answers for: exit 5, and no word of Node's own", async () => {
  const { run, env } = await startStage();
  Object.assign(env, { HF_ENDPOINT: "http://hub.example", ALL_PROXY: "socks5://127.0.0.1:9" });
  const { code, stderr } = await run(["org/name", "-q"]);
  expect(code).toBe(5);
  expect(stderr).toMatch(/^error: hub\/unreachable .* through the proxy socks5:/);
});

test("a login page where the Hub should be: exit 5", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo("org/name", { "config.json": "{}" });
  hub.faults.add({ kind: "loginPage", on: "api" });
  const { code, stdout } = await run(["org/name", "--json"]);
  expect(code).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "hub/bad-response" } });
});

test("a Hub that asks for patience beyond ours: exit 75", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo("org/name", { "config.json": "{}" });
  hub.faults.add({ kind: "status", status: 429, retryAfter: 36_000, on: "api" });
  const { code, stdout } = await run(["org/name", "--json"]);
  expect(code).toBe(75);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: "hub/rate-limited", retryAfterMs: 36_000_000 },
  });
});

test("offline and not in the cache: exit 4", async () => {
  const { run, env } = await startStage();
  env["HF_HUB_OFFLINE"] = "1";
  const { code, stdout } = await run(["org/name", "--json"]);
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "offline/not-cached" } });
});

test("a tree with a path that leads out: exit 10", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo(
    "org/evil",
    { "config.json": "{}" },
    {
      tree: (entries) => entries.map((entry) => ({ ...entry, path: "../../evil.json" })),
    },
  );
  const { code, stdout } = await run(["org/evil", "--json"]);
  expect(code).toBe(10);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "hub/unsafe-tree" } });
});

test.each([
  ["--jsn", "Did you mean --json?"],
  ["--local_dir", "Did you mean --local-dir?"],
])("%s: exit 2 and a suggestion", async (flag, hint) => {
  const { run } = await startStage();
  const { code, stdout, stderr } = await run(["org/name", flag, "x"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(hint);
});

test("a mistaken command line is JSON too where JSON was asked for", async () => {
  const { run } = await startStage();
  const json = await run(["org/name", "--json", "--frce"]);
  expect(json.code).toBe(2);
  expect(JSON.parse(json.stdout)).toEqual({
    schema: 1,
    error: {
      code: "cli/usage",
      message: "there is no option --frce",
      hint: "Did you mean --force?",
      exitCode: 2,
    },
  });
  const events = ndjson((await run(["org/name", "--events", "--frce"])).stdout);
  expect(events).toMatchObject([
    { schema: 1, type: "error", at: expect.any(Number), error: { exitCode: 2 } },
  ]);
});

test("what is no ref: exit 2, with the way to write it", async () => {
  const { run } = await startStage();
  const { code, stderr } = await run(["models--org--name"]);
  expect(code).toBe(2);
  expect(stderr).toContain("Write org/name instead.");
});

test("--version and --help answer without a network and with exit 0", async () => {
  const { run, hub } = await startStage();
  expect((await run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  expect((await run(["list", "--help"])).stdout).toContain("--filter TEXT");
  expect((await run(["help", "cache", "ls"])).stdout).toContain("Usage: mlx-download cache ls");
  expect((await run([])).stdout).toContain("Usage: mlx-download");
  expect(hub.log.entries).toEqual([]);
});

test("two revisions that differ: exit 2, and nobody is asked", async () => {
  const { hub, run } = await startStage();
  for (const command of ["get", "path"]) {
    const { code, stderr } = await run([command, "org/name@v1", "--revision", "v2"]);
    expect(code).toBe(2);
    expect(stderr).toContain("org/name@v1 asks for v1, --revision for v2");
  }
  expect(hub.log.entries).toEqual([]);
});

test.runIf(process.platform === "linux")(
  "a result that cannot be written: exit 6, and the download stays",
  async () => {
    const { hub, env, run } = await startStage();
    await hub.addRepo("org/name", { "config.json": "{}" });
    const full = await open("/dev/full", "w");
    onTestFinished(() => full.close());
    for (const flag of ["-q", "--json", "--events"]) {
      const child = spawn(program, [...nodeArgs, "org/name", flag], {
        env,
        stdio: ["ignore", full.fd, "pipe"],
      });
      const [code] = (await once(child, "exit")) as [number];
      expect(code, flag).toBe(flag === "--events" ? 141 : 6);
    }
    const failed = spawn(program, [...nodeArgs, "org/none", "--json"], {
      env,
      stdio: ["ignore", full.fd, "ignore"],
    });
    expect((await once(failed, "exit"))[0]).toBe(4);
    expect((await run(["path", "org/name"])).code).toBe(0);
  },
);

test("a tilde that the shell left in place is the home folder, and no folder is named so", async () => {
  const { run, hub, env } = await startStage();
  await hub.addRepo("org/model", { "config.json": "{}" });
  const home = env["HOME"] ?? "";
  const got = await run(["org/model", "--local-dir=~/plain", "-q"]);
  expect(got).toMatchObject({ code: 0, stdout: `${join(home, "plain")}\n` });
  expect((await run(["verify", "--local-dir=~/plain"])).code).toBe(0);
  await run(["org/model", "-q"]);
  const exported = await run(["cache", "export", "org/model", "--to=~/out.tar", "-q"]);
  expect(exported).toMatchObject({ code: 0, stdout: `${join(home, "out.tar")}\n` });
  expect((await run(["cache", "view", "org/model", "--to=~/views"])).code).toBe(0);
  expect((await run(["cache", "mv", "org/model", "--to=~/big"])).code).toBe(0);
  expect((await readdir(home)).toSorted()).toEqual(
    expect.arrayContaining(["big", "out.tar", "plain", "views"]),
  );
  expect(await readdir(home)).not.toContain("~");
});

test("an export over somebody's own file is refused, over an export of its own it is not", async () => {
  const { run, hub, env } = await startStage();
  await hub.addRepo("org/model", { "config.json": "{}" });
  await run(["org/model", "-q"]);
  const path = join(env["HOME"] ?? "", "z.tar");
  await writeFile(path, "mine");
  const refused = await run(["cache", "export", "org/model", "--to", path, "--json"]);
  expect(refused.code).toBe(10);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "cache/not-ours" } });
  expect(await readFile(path, "utf8")).toBe("mine");
  await rm(path);
  for (const _ of [1, 2]) {
    expect((await run(["cache", "export", "org/model", "--to", path])).code).toBe(0);
  }
});
