import { expect, test } from "vitest";
import { contentDisposition, createUrlSigner } from "./signed-url.ts";

const life = { now: Date.parse("2026-04-01T00:00:00Z"), seconds: 3600 };

test("a signed URL is good for its path until it runs out", () => {
  const signer = createUrlSigner();
  const url = new URL(signer.sign("/repos/acme/tiny/0/a%20b", "a b", life), "http://localhost");
  expect(url.searchParams.get("X-Amz-Date")).toBe("20260401T000000Z");
  expect(signer.check(url, life.now + 3_600_000)).toBe(true);
  expect(signer.check(url, life.now + 3_600_001)).toBe(false);
  url.pathname = "/repos/acme/other/0/a%20b";
  expect(signer.check(url, life.now)).toBe(false);
});

test("a longer life cannot be written into a URL, and another signer's is not good", () => {
  const signer = createUrlSigner();
  const url = new URL(signer.sign("/x", "x", life), "http://localhost");
  expect(createUrlSigner().check(url, life.now)).toBe(false);
  url.searchParams.set("X-Amz-Expires", "999999");
  expect(signer.check(url, life.now)).toBe(false);
  expect(signer.check(new URL("http://localhost/x"), life.now)).toBe(false);
  expect(signer.check(new URL("http://localhost/x?X-Amz-Signature=zz"), life.now)).toBe(false);
});

test("lives shorter than a second hold", () => {
  const signer = createUrlSigner();
  const now = life.now + 250;
  const url = new URL(signer.sign("/x", "x", { now, seconds: 0.5 }), "http://localhost");
  expect(signer.check(url, now + 500)).toBe(true);
  expect(signer.check(url, now + 501)).toBe(false);
});

test("a file name cannot break out of Content-Disposition", () => {
  const header = contentDisposition('a/ü"\r\nX: y.txt');
  expect(header).not.toMatch(/[\r\n]/);
  expect(header).toContain('filename="????X: y.txt";');
});
