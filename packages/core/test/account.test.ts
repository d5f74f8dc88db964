import { chmod, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import {
  type DeviceCode,
  deviceLogin,
  readStoredTokens,
  removeTokens,
  renewToken,
  storedName,
  storeToken,
  tokenFiles,
  whoAmI,
} from "../src/account/account.ts";

async function setting(): Promise<{ hub: TestHub; env: NodeJS.ProcessEnv; home: string }> {
  const hub = await startTestHub({ devicePollSeconds: 1 });
  onTestFinished(() => hub.close());
  const home = await tempDir();
  return { hub, home, env: { HF_HOME: join(home, "hf"), HF_ENDPOINT: hub.url } };
}

test("a login from a device ends with the token that a person agreed to", async () => {
  const { hub, env } = await setting();
  let shown: DeviceCode | undefined;
  const given = await deviceLogin({
    env,
    onCode(code) {
      shown = code;
      hub.deviceLogins.approve(code.userCode, {
        accessToken: "hf_oauth_1",
        refreshToken: "again",
        expiresIn: 28_800,
      });
    },
  });
  // The Hub gives no address with the code in it.
  const url = `${hub.url}/oauth/device`;
  expect(shown).toMatchObject({ url, urlWithCode: url });
  expect(shown?.userCode).toMatch(/^[A-Z]{4}-\d{4}$/);
  expect(given).toMatchObject({ token: "hf_oauth_1", refreshToken: "again" });
  expect(given.expiresAt).toBeGreaterThan(Date.now() + 28_000_000);
});

test("a login that is refused, or that the Hub does not offer, says so", async () => {
  const { hub, env } = await setting();
  await expect(
    deviceLogin({ env, onCode: ({ userCode }) => hub.deviceLogins.deny(userCode) }),
  ).rejects.toMatchObject({ code: "login/denied" });
  hub.faults.add({ on: "api", kind: "status", status: 404, times: 1 });
  await expect(deviceLogin({ env, onCode: () => {} })).rejects.toMatchObject({
    code: "login/failed",
  });
  const plain = { ...env, HF_ENDPOINT: "http://example.invalid" };
  await expect(deviceLogin({ env: plain, onCode: () => {} })).rejects.toMatchObject({
    code: "login/failed",
    message: expect.stringContaining("is not https"),
  });
});

test("an abort ends the waiting at once", async () => {
  const { env } = await setting();
  const stop = new AbortController();
  const login = deviceLogin({ env, signal: stop.signal, onCode: () => stop.abort("enough") });
  await expect(login).rejects.toBe("enough");
});

test("whoAmI names the account, and tells a bad token from none", async () => {
  const { hub, env } = await setting();
  hub.store.addUser({ name: "anna", tokens: ["hf_good"], orgs: ["acme"] });
  expect(await whoAmI({ env })).toBeUndefined();
  expect(await whoAmI({ env: { ...env, HF_TOKEN: "hf_good" } })).toMatchObject({
    name: "anna",
    organizations: ["acme"],
    tokenName: "token",
    tokenSource: "HF_TOKEN",
  });
  await expect(whoAmI({ env, token: "hf_bad" })).rejects.toMatchObject({
    code: "hub/unauthorized",
  });
});

test("tokens are kept for their owner alone, beside those that are there already", async () => {
  const { env, home } = await setting();
  const files = tokenFiles(env);
  await mkdir(join(home, "hf"));
  await writeFile(files.storedTokensFile, "[work]\nhf_token = hf_w\nrefresh_token = r\n");
  await storeToken(
    { name: "laptop", token: "hf_l", refreshToken: undefined, expiresAt: undefined },
    files,
  );
  expect(await readFile(files.tokenFile, "utf8")).toBe("hf_l");
  expect((await readStoredTokens(files)).map(({ name }) => name)).toEqual(["laptop", "work"]);
  for (const path of [files.tokenFile, files.storedTokensFile])
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await removeTokens(files)).toBe(true);
  expect(await removeTokens(files)).toBe(false);
  expect(storedName({ tokenName: undefined, name: "anna" })).toBe("oauth-anna");
  expect(storedName({ tokenName: "two\nlines", name: "anna" })).toBe("two lines");
});

test("a token file that is a link stays one", async () => {
  const { env, home } = await setting();
  const files = tokenFiles(env);
  await mkdir(join(home, "hf"));
  await writeFile(join(home, "elsewhere"), "old");
  await chmod(join(home, "elsewhere"), 0o600);
  await symlink(join(home, "elsewhere"), files.tokenFile);
  await storeToken(
    { name: "x", token: "hf_new", refreshToken: undefined, expiresAt: undefined },
    files,
  );
  expect(await readFile(join(home, "elsewhere"), "utf8")).toBe("hf_new");
});

test("a browser login is renewed a day before it ends, and only then", async () => {
  const { hub, env } = await setting();
  const files = tokenFiles(env);
  const stored = { name: "oauth-anna", token: "hf_old", refreshToken: "r1" };
  await storeToken({ ...stored, expiresAt: Date.now() + 3 * 86_400_000 }, files);
  expect(await renewToken({ env })).toBe(false);
  expect(hub.log.entries).toEqual([]);

  await storeToken({ ...stored, expiresAt: Date.now() + 3_600_000 }, files);
  hub.deviceLogins.renew("r1", { accessToken: "hf_next", refreshToken: "r2", expiresIn: 86_400 });
  expect(await renewToken({ env: { ...env, HF_TOKEN: "hf_mine" } })).toBe(false);
  expect(await renewToken({ env })).toBe(true);
  expect(await readFile(files.tokenFile, "utf8")).toBe("hf_next");
  expect(await readStoredTokens(files)).toMatchObject([{ token: "hf_next", refreshToken: "r2" }]);

  const warnings: string[] = [];
  await storeToken({ ...stored, expiresAt: Date.now() }, files);
  const renewed = await renewToken({
    env,
    onEvent: (event) => void (event.type === "warning" && warnings.push(event.message)),
  });
  expect([renewed, warnings]).toEqual([false, ["The login of oauth-anna has ended."]]);
  expect(await readFile(files.tokenFile, "utf8")).toBe("hf_old");
});
