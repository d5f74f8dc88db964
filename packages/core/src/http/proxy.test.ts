import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { proxyFor } from "./proxy.ts";

const proxy = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env);

describe("proxyFor", () => {
  test("goes by the scheme of the URL, never by the other one's variable", () => {
    const env = { HTTP_PROXY: "http://plain:1", HTTPS_PROXY: "http://secure:2" };
    expect(proxy("http://h/", env)).toBe("http://plain:1");
    expect(proxy("https://h/", env)).toBe("http://secure:2");
    expect(proxy("https://h/", { HTTP_PROXY: "http://plain:1" })).toBeUndefined();
  });

  test("falls back to ALL_PROXY, prefers lower case, and takes an empty value for none", () => {
    expect(proxy("https://h/", { ALL_PROXY: "socks5://s:3" })).toBe("socks5://s:3");
    expect(proxy("https://h/", { https_proxy: "http://a:1", HTTPS_PROXY: "http://b:2" })).toBe(
      "http://a:1",
    );
    expect(proxy("https://h/", { HTTPS_PROXY: " ", ALL_PROXY: "" })).toBeUndefined();
  });

  test("adds the scheme that is missing", () => {
    expect(proxy("https://h/", { HTTPS_PROXY: "proxy.corp:3128" })).toBe("http://proxy.corp:3128");
  });

  test.each([
    ["*", true],
    ["hub.corp", true],
    ["corp", true],
    [".corp", true],
    ["*.corp", true],
    ["HUB.CORP", true],
    ["hub.corp:8443", true],
    ["hub.corp:443", false],
    ["other.corp", false],
    ["ub.corp", false],
    ["localhost, hub.corp", true],
    ["localhost hub.corp", true],
    ["hub.corp.", true],
    ["", false],
  ])("NO_PROXY=%j keeps hub.corp:8443 direct: %j", (no_proxy, direct) => {
    const env = { https_proxy: "http://p:1", no_proxy };
    expect(proxy("https://hub.corp:8443/x", env) === undefined).toBe(direct);
  });

  test.each([
    ["http://10.1.2.3/", "10.0.0.0/8", true],
    ["http://10.1.2.3/", "10.1.2.3", true],
    ["http://110.1.2.3/", "10.1.2.3", false],
    ["http://11.1.2.3/", "10.0.0.0/8", false],
    ["http://[fd00::1]/", "fd00::/8", true],
    ["http://[fd00::1]:81/", "fd00::1", true],
    ["http://[fd00::1]:81/", "[fd00::1]:80", false],
    ["http://[fd00::1]:81/", "[fd00::1]:81", true],
    ["http://10.1.2.3/", "10.0.0.0/99", false],
    ["http://10.1.2.3/", "10.0.0.0/", false],
  ])("%s with NO_PROXY=%s is direct: %j", (url, no_proxy, direct) => {
    expect(proxy(url, { http_proxy: "http://p:1", no_proxy }) === undefined).toBe(direct);
  });

  test("nothing on this machine goes through a proxy", () => {
    for (const host of ["localhost", "hub.localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:80"]) {
      expect(proxy(`http://${host}/`, { all_proxy: "http://p:1" })).toBeUndefined();
    }
    expect(proxy("http://127.0.0.1.evil.com/", { all_proxy: "http://p:1" })).toBe("http://p:1");
  });

  test.each([
    ["socks5h://p:1", "socks5://p:1"],
    ["SOCKS5H://p:1", "socks5://p:1"],
    ["Socks5://p:1", "socks5://p:1"],
    ["HTTP://p:1", "http://p:1"],
    ["anna:p#%s@p:1", "http://anna:p%23%25s@p:1"],
    ["http://CORP\\anna:a\\b@p:1", "http://CORP%5Canna:a%5Cb@p:1"],
  ])("takes the proxy %s", (address, taken) => {
    expect(proxy("https://h/", { all_proxy: address })).toBe(taken);
  });

  test.each(["ftp://p:1", "socks4://p:1", "http://[bad", "http://"])(
    "refuses the proxy %s",
    (address) => {
      expect(() => proxy("https://h/", { https_proxy: address })).toThrow(
        expect.objectContaining({ code: "settings/invalid", data: { variable: "HTTPS_PROXY" } }),
      );
    },
  );

  test("never throws, whatever NO_PROXY holds", () => {
    fc.assert(
      fc.property(fc.string(), (no_proxy) => {
        const found = proxy("https://hub.corp/", { https_proxy: "http://p:1", no_proxy });
        expect([undefined, "http://p:1"]).toContain(found);
      }),
    );
  });
});
