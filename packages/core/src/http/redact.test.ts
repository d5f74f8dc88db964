import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactServerText, redactText, redactUrl } from "./redact.ts";

describe("redactUrl", () => {
  test("keeps the names of query parameters and hides their values", () => {
    expect(
      redactUrl("https://cdn.hf.co/x/y?Expires=17&Signature=abc&Signature=def&Key-Pair-Id=K1#frag"),
    ).toBe("https://cdn.hf.co/x/y?Expires=…&Signature=…&Key-Pair-Id=…");
  });

  test("drops user name and password", () => {
    expect(redactUrl("http://anna:secret@proxy:8080/")).toBe("http://proxy:8080/");
  });

  test("does not repeat text that is not a URL", () => {
    expect(redactUrl("hf_secretsecret")).toBe("<invalid url>");
  });

  test("never shows a parameter's value, a user name or a password", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{12,30}$/), (secret) => {
        const url = new URL("https://host/path");
        url.searchParams.set("sig", secret);
        url.username = secret;
        url.password = secret;
        expect(redactUrl(url)).not.toContain(secret);
      }),
    );
  });
});

describe("redactServerText", () => {
  test.each([
    ["your IP (203.0.113.77). To continue", "your IP (…). To continue"],
    ["your IP (2001:db8::7f3a) is", "your IP (…) is"],
    ["client 203.0.113.77:51234 at 12:30:45", "client …:51234 at 12:30:45"],
    ["blocked: 203.0.113.77.", "blocked: …."],
    ["fe80::1%eth0 here", "… here"],
    ["/x?xip=203.0.113.77&Expires=1", "/x?xip=…&Expires=…"],
    ["xip=2001%3Adb8%3A%3A1 is yours", "xip=… is yours"],
    ["https://cdn/x?xip=203.0.113.77&Signature=abc", "https://cdn/x?xip=…&Signature=…"],
    ["v1.2.3 of a::b, fine: yes", "v1.2.3 of …, fine: yes"],
  ])("%s", (text, shown) => {
    expect(redactServerText(text)).toBe(shown);
  });
});

describe("redactText", () => {
  test("hides the values of a query that was cut from its host", () => {
    const text = "Max retries exceeded with url: /b/x?xip=192.0.2.1&Signature=abc (caused by y)";
    expect(redactText(text)).toBe(
      "Max retries exceeded with url: /b/x?xip=…&Signature=… (caused by y)",
    );
  });

  test("hides the whole token of a login in the browser, which has dots and dashes", () => {
    expect(redactText("bad token hf_oauth_eyJhbGciOi.eyJzdWIi-x.c2ln_0 given")).toBe(
      redactText("bad token hf_secretsecretsecret given"),
    );
  });

  test("hides tokens and the queries of addresses in foreign messages", () => {
    expect(redactText("no: Bearer hf_abcdefghijk, see https://u:p@h/x?sig=1 (hf_ABCDEFGHIJ)")).toBe(
      "no: <secret> see https://h/x?sig=… (<secret>)",
    );
  });

  test("gives one line without control characters, cut to the limit", () => {
    const text = redactText(`a\r\nb\u001B[31mc${"x".repeat(400)}`, 20);
    expect(text).toBe("a b [31mcxxxxxxxxxx…");
    expect(text).toHaveLength(20);
  });
});
