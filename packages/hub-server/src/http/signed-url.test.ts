import { expect, test } from "vitest";
import { contentDisposition, createUrlSigner, type SignedUrlRequest } from "./signed-url.ts";

const NOW = Date.parse("2026-07-11T19:25:10Z");
const at = (path: string, other: Partial<SignedUrlRequest> = {}): SignedUrlRequest => ({
  path,
  fileName: "a b",
  now: NOW,
  seconds: 3600,
  address: "203.0.113.7",
  userId: undefined,
  ...other,
});

test("a signed URL is good for its path until it runs out", () => {
  const signer = createUrlSigner();
  const url = new URL(signer.sign(at("/repos/acme/tiny/0/a%20b")), "http://localhost");
  expect(url.searchParams.get("Expires")).toBe(String(Date.parse("2026-07-11T20:25:10Z") / 1000));
  expect(signer.check(url, NOW + 3_600_000)).toBe(true);
  expect(signer.check(url, NOW + 3_600_001)).toBe(false);
  url.pathname = "/repos/acme/other/0/a%20b";
  expect(signer.check(url, NOW)).toBe(false);
});

test("the query has the keys of the real Hub's links, the caller's address among them", () => {
  const keysOf = (userId?: string) => {
    const signed = createUrlSigner().sign(at("/x", { userId }));
    return [...new URL(signed, "http://localhost").searchParams.keys()].toSorted();
  };
  const keys = [
    "Expires",
    "Hash-Algorithm",
    "Key-Pair-Id",
    "Policy",
    "Signature",
    "X-Xet-Cas-Uid",
    "response-content-disposition",
    "xip",
  ];
  expect(keysOf()).toEqual(keys);
  expect(keysOf("65a1b2c3d4e5f60718293a4b")).toEqual([...keys, "user_id"].toSorted());
});

test("a longer life cannot be written into a URL, and another signer's is not good", () => {
  const signer = createUrlSigner();
  const url = new URL(signer.sign(at("/x")), "http://localhost");
  expect(createUrlSigner().check(url, NOW)).toBe(false);
  const policy = Buffer.from(
    '{"Statement":[{"Resource":"/x","Condition":{"DateLessThan":{"AWS:EpochTime":9e9}}}]}',
  );
  url.searchParams.set("Policy", policy.toString("base64"));
  expect(signer.check(url, NOW)).toBe(false);
  expect(signer.check(new URL("http://localhost/x"), NOW)).toBe(false);
  expect(signer.check(new URL("http://localhost/x?Signature=zz&Policy=e30"), NOW)).toBe(false);
});

test("lives shorter than a second hold", () => {
  const signer = createUrlSigner();
  const now = NOW + 250;
  const url = new URL(signer.sign(at("/x", { now, seconds: 0.5 })), "http://localhost");
  expect(signer.check(url, now + 500)).toBe(true);
  expect(signer.check(url, now + 501)).toBe(false);
});

test("a file name cannot break out of Content-Disposition", () => {
  const header = contentDisposition('a/ü"\r\nX: y.txt');
  expect(header).not.toMatch(/[\r\n]/);
  expect(header).toContain('filename="????X: y.txt";');
});
