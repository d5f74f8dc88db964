import { expect, test } from "vitest";
import { readSystemProxy, withSystemProxy } from "./system-proxy.ts";

// As `scutil --proxy` writes it, from Apple's own examples. Not verified on a Mac.
const SETTINGS = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
    2 : hub.corp
  }
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 8080
  HTTPProxy : web.example
  HTTPSEnable : 1
  HTTPSPort : 3128
  HTTPSProxy : proxy.example
  SOCKSEnable : 0
  SOCKSPort : 1080
  SOCKSProxy : socks.example
}
`;
const on = (text: string | undefined) => ({ platform: "darwin" as const, ask: async () => text });

test("the proxies of the settings become variables, with their exceptions", async () => {
  expect(await withSystemProxy({ HOME: "/h" }, on(SETTINGS))).toEqual({
    HOME: "/h",
    http_proxy: "http://web.example:8080",
    https_proxy: "http://proxy.example:3128",
    no_proxy: ".local,169.254.0.0/16,hub.corp",
  });
  const socks = SETTINGS.replaceAll("Enable : 1", "Enable : 0").replace(
    "SOCKSEnable : 0",
    "SOCKSEnable : 1",
  );
  expect(await withSystemProxy({ no_proxy: "mine" }, on(socks))).toEqual({
    all_proxy: "socks5://socks.example:1080",
    no_proxy: "mine",
  });
});

test.each([
  ["a variable names one", { HTTPS_PROXY: "http://mine:1" }, on(SETTINGS)],
  ["it is switched off", { MLX_DOWNLOAD_SYSTEM_PROXY: "0" }, on(SETTINGS)],
  ["the settings name none", {}, on("<dictionary> {\n  HTTPSEnable : 0\n}\n")],
  ["scutil is not there", {}, on(undefined)],
  ["it is no Mac", {}, { ...on(SETTINGS), platform: "linux" as const }],
])("nothing changes where %s", async (_why, env, machine) => {
  expect(await withSystemProxy(env, machine)).toBe(env);
});

test("a script is told apart, an address of six is bracketed, and no host becomes more than a host", () => {
  expect(readSystemProxy("  ProxyAutoConfigEnable : 1\n").isScript).toBe(true);
  const settings = (host: string) => `  HTTPSEnable : 1\n  HTTPSProxy : ${host}\n`;
  expect(readSystemProxy(settings("fd00::1")).variables).toEqual({
    https_proxy: "http://[fd00::1]",
  });
  for (const host of ["user:secret@h", "h/path", "h\u0007", "a b"]) {
    expect(readSystemProxy(settings(host)).variables).toEqual({});
  }
});
