import { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { expect, it } from "vitest";
import { modelFiles, nodeArgs, program, readUntil, startStage } from "./stage.ts";

const MODEL = "acme/house";

it("serves https with a certificate that it made, which clients trust by its file and no others do", async () => {
  const stage = await startStage();
  await stage.hub.addRepo(MODEL, modelFiles(2_000_000));
  expect((await stage.run([MODEL])).code).toBe(0);
  const start = async (): Promise<{ url: string; certFile: string; fingerprint: string }> => {
    const child = stage.start(["serve", "--tls", "--port", "0", "--json"]);
    child.stderr.resume();
    const [line = ""] = (await readUntil(child.stdout, "\n")).split("\n");
    return JSON.parse(line) as { url: string; certFile: string; fingerprint: string };
  };
  const { url, certFile, fingerprint } = await start();
  expect(url).toMatch(/^https:/);
  const certificate = new X509Certificate(await readFile(certFile));
  expect(certificate.fingerprint256).toBe(fingerprint);
  expect(certificate.ca).toBe(false);
  expect((await stat(certFile.replace(/pem$/, "key"))).mode & 0o077).toBe(0);
  // It stays the same for those who trust it.
  expect((await start()).fingerprint).toBe(fingerprint);

  const clientEnv = (home: string): NodeJS.ProcessEnv => ({
    PATH: process.env["PATH"],
    HOME: home,
    HF_HOME: join(home, "hf"),
    HF_ENDPOINT: url,
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
  });
  const get = (home: string, env: NodeJS.ProcessEnv) =>
    run(program, [...nodeArgs, MODEL], { cwd: home, env: { ...clientEnv(home), ...env } });
  const home = await tempDir();
  const got = await get(home, { SSL_CERT_FILE: certFile });
  expect(got.code, got.stderr).toBe(0);
  expect((await get(await tempDir(), {})).code).toBe(5);
  const shard = "model-00001-of-00002.safetensors";
  const wanted = await readFile(join(got.stdout.trim(), shard));
  for (const version of ["hub-1.33.0", "hub-2.4.0"] as const) {
    const python = pythonEnv(version);
    if (python === undefined) continue;
    const away = await tempDir();
    const taken = await run(
      join(python.bin, "hf"),
      ["download", MODEL, shard, "--local-dir", "model"],
      { cwd: away, env: { ...clientEnv(away), SSL_CERT_FILE: certFile } },
    );
    expect(taken.code, taken.stderr).toBe(0);
    expect(wanted.equals(await readFile(join(away, "model", shard)))).toBe(true);
  }
});
