import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { modelFiles, readUntil, startStage } from "./stage.ts";

async function accountStage() {
  const stage = await startStage({ devicePollSeconds: 1 });
  stage.hub.store.addUser({ name: "anna", tokens: ["hf_good", "hf_device"], orgs: ["acme"] });
  return { ...stage, tokenFile: join(stage.env["HF_HOME"] ?? "", "token") };
}

test("login in a browser: a code is shown, and the token lands where the Python client looks", async () => {
  const { hub, start, run, tokenFile } = await accountStage();
  const child = start(["login", "--json"]);
  const shown = await readUntil(child.stderr, /code \S+ there/);
  const code = /code (\S+) there/.exec(shown)?.[1] ?? "";
  expect(shown).toContain(`Open ${hub.url}/oauth/device\n`);
  hub.deviceLogins.approve(code, { accessToken: "hf_device", refreshToken: "r", expiresIn: 1e6 });
  const out = await readUntil(child.stdout, "}");
  expect(JSON.parse(out)).toMatchObject({ schema: 1, name: "anna", store: tokenFile });
  expect(await readFile(tokenFile, "utf8")).toBe("hf_device");
  expect(shown + out).not.toContain("hf_device");

  expect(await run(["whoami"])).toMatchObject({
    code: 0,
    stdout: "anna\n",
    stderr: expect.stringContaining(
      `organizations: acme\ntoken: token (read), from the token file`,
    ),
  });
  expect(await run(["logout"])).toMatchObject({ code: 0, stderr: "Logged out.\n" });
  expect((await run(["whoami"])).code).toBe(3);
  expect((await run(["logout"])).stderr).toBe("Nobody was logged in.\n");
});

test("login with a token from standard input; one that the Hub refuses is not kept", async () => {
  const { run, tokenFile } = await accountStage();
  const bad = await run(["login", "--token-stdin"], "hf_wrong\n");
  expect(bad.code).toBe(3);
  expect(bad.stderr).not.toContain("hf_wrong");
  const good = await run(["login", "--token-stdin"], "hf_good\n");
  expect(good).toMatchObject({ code: 0, stdout: "" });
  expect(good.stderr).toBe(`Logged in as anna; the token is in ${tokenFile}\n`);
});

/** A `secret-tool` that keeps one secret in a file, and notes its arguments. */
async function fakeSecretTool(): Promise<{ bin: string; log: string }> {
  const bin = await tempDir();
  const log = join(bin, "arguments");
  const script = `#!/bin/sh
echo "$@" >> "${log}"
case "$1" in
  store) cat > "${bin}/secret" ;;
  lookup) cat "${bin}/secret" ;;
  clear) rm -f "${bin}/secret" ;;
esac
`;
  await writeFile(join(bin, "secret-tool"), script);
  await chmod(join(bin, "secret-tool"), 0o755);
  return { bin, log };
}

test.skipIf(process.platform !== "linux")(
  "a token in the keychain is used by the commands, and never among arguments",
  async () => {
    const { run, env, hub } = await accountStage();
    await hub.addRepo("acme/secret", modelFiles(1000), { private: true });
    expect((await run(["get", "acme/secret"])).code).toBe(4);
    const none = await run(["login", "--token-stdin", "--keychain"], "hf_good\n");
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("secret-tool is not") });

    const { bin, log } = await fakeSecretTool();
    env["PATH"] = `${bin}${delimiter}${env["PATH"] ?? ""}`;
    expect((await run(["login", "--token-stdin", "--keychain"], "hf_good\n")).code).toBe(0);
    expect((await run(["get", "acme/secret", "-q"])).code).toBe(0);
    expect((await run(["logout"])).stderr).toContain("Logged out.");
    expect((await run(["whoami"])).code).toBe(3);
    const calls = await readFile(log, "utf8");
    expect(calls).toContain(`account ${hub.url}`);
    expect(calls).not.toContain("hf_good");
  },
);

test("settings come from the file, the environment wins over it, and options over both", async () => {
  const { run, env, cacheDir } = await accountStage();
  const elsewhere = join(await tempDir(), "hub");
  delete env["HF_HOME"];
  expect((await run(["config", "set", "cache-dir", elsewhere])).code).toBe(0);
  expect((await run(["config", "get", "cache-dir"])).stdout).toBe(`${elsewhere}\n`);
  expect((await run(["cache"])).stderr).toContain(`in ${elsewhere}`);
  const show = await run(["config", "show", "--origin"]);
  expect(show.stdout).toMatch(/^cache-dir +\S+ +file \(.*config\.json\)$/m);
  expect(show.stdout).toMatch(/^endpoint +http:\S+ +environment \(HF_ENDPOINT\)$/m);
  expect(show.stdout).toMatch(/^connections +- +default$/m);
  env["HF_HUB_CACHE"] = cacheDir;
  expect((await run(["cache"])).stderr).toContain(`in ${cacheDir}`);
  expect((await run(["cache", "--cache-dir", elsewhere])).stderr).toContain(`in ${elsewhere}`);
  expect((await run(["config", "unset", "cache-dir"])).code).toBe(0);
  delete env["HF_HUB_CACHE"];
  expect((await run(["config", "get", "cache-dir"])).code).toBe(4);
});

test("a setting is checked before it is written, and a broken file is named", async () => {
  const { run, env } = await accountStage();
  expect((await run(["config", "set", "connections", "many"])).code).toBe(2);
  expect((await run(["config", "set", "endpoint", "hub.example"])).code).toBe(2);
  expect((await run(["config", "set", "endpiont", "x"])).stderr).toContain(
    "Did you mean endpoint?",
  );
  const file = join(await tempDir(), "own.json");
  env["MLX_DOWNLOAD_CONFIG"] = file;
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, `{"of-tomorrow": 1, "connections": 2}`);
  expect((await run(["config", "set", "preset", "mlx"])).code).toBe(0);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
    "of-tomorrow": 1,
    connections: 2,
    preset: "mlx",
  });
  await writeFile(file, `{"connections": "lots"}`);
  expect(await run(["cache"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`${file} says connections lots`),
  });
});

test("a rate, a context and plain lines can be settled for all commands", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo("org/name", modelFiles(1000));
  for (const [name, value] of [
    ["limit-rate", "5M"],
    ["ctx", "32k"],
    ["plain", "true"],
  ] as const)
    expect((await run(["config", "set", name, value])).code).toBe(0);
  for (const [name, value] of [
    ["limit-rate", "fast"],
    ["ctx", "long"],
    ["plain", "perhaps"],
  ] as const)
    expect((await run(["config", "set", name, value])).code).toBe(2);
  expect(await run(["org/name", "-q"])).toMatchObject({ code: 0, stderr: "" });
  const { stdout } = await run(["fit", "org/name", "--json", "--memory", "64G", "--chip", "m4"]);
  expect(JSON.parse(stdout)).toMatchObject({ fit: { contextLength: 32_768 } });
});

test("auth token prints the token in use and nothing else", async () => {
  const { hub, run, env } = await accountStage();
  const none = await run(["auth", "token"]);
  expect(none).toMatchObject({ code: 3, stdout: "" });
  expect(none.stderr).toContain("mlx-download login, or set HF_TOKEN");
  await run(["login", "--token-stdin"], "hf_good\n");
  const asked = hub.log.entries.length;
  expect(await run(["auth", "token"])).toMatchObject({
    code: 0,
    stdout: "hf_good\n",
    stderr: "",
  });
  const stored = await run(["auth", "token", "--json"]);
  expect(JSON.parse(stored.stdout)).toEqual({
    schema: 1,
    token: "hf_good",
    source: expect.stringContaining("the token file"),
  });
  env["HF_TOKEN"] = "hf_device";
  const named = await run(["auth", "token", "--json"]);
  expect(JSON.parse(named.stdout)).toEqual({ schema: 1, token: "hf_device", source: "HF_TOKEN" });
  expect(hub.log.entries).toHaveLength(asked);
});

test.skipIf(process.platform !== "linux")("auth token finds the one in the keychain", async () => {
  const { run, env } = await accountStage();
  const { bin } = await fakeSecretTool();
  env["PATH"] = `${bin}${delimiter}${env["PATH"] ?? ""}`;
  await run(["login", "--token-stdin", "--keychain"], "hf_good\n");
  expect(await run(["auth", "token"])).toMatchObject({
    code: 0,
    stdout: "hf_good\n",
    stderr: "",
  });
});
