import fc from "fast-check";
import { expect, test } from "vitest";
import { judge, type Knock } from "./gate.ts";
import { newToken } from "./token.ts";

const token = newToken();
const rules = { port: 7347, token };
const host = ["Host", "127.0.0.1:7347"] as const;
const bearer = ["Authorization", `Bearer ${token}`] as const;
const json = ["Content-Type", "application/json"] as const;

const knock = (part: Partial<Knock>): Knock => ({
  method: "GET",
  target: "/api/library",
  headers: [host, bearer],
  ...part,
});
const statusOf = (part: Partial<Knock>): number => judge(knock(part), rules)?.status ?? 200;

test("the page's own requests come in, by each of the three names of this machine", () => {
  expect(statusOf({})).toBe(200);
  for (const name of ["localhost:7347", "[::1]:7347"]) {
    const origin = ["Origin", `http://${name}`] as const;
    const headers = [
      ["Host", name],
      bearer,
      json,
      origin,
      ["Sec-Fetch-Site", "same-origin"],
    ] as const;
    expect(statusOf({ method: "POST", headers })).toBe(200);
  }
  expect(statusOf({ target: "/", headers: [host] })).toBe(200);
  expect(statusOf({ target: "/app.js", headers: [host] })).toBe(200);
});

test.each<[string, number, Partial<Knock>]>([
  ["a rebound name", 421, { headers: [["Host", "evil.example:7347"], bearer] }],
  ["another port in Host", 421, { headers: [["Host", "127.0.0.1:80"], bearer] }],
  ["no Host", 421, { headers: [bearer] }],
  ["two Hosts, the first of them ours", 421, { headers: [host, ["host", "evil.example"], bearer] }],
  ["an absolute-form target", 421, { target: "http://evil.example/api/library" }],
  ["an absolute-form target with our name", 421, { target: "http://127.0.0.1:7347/api/library" }],
  ["an authority behind two slashes", 400, { target: "//evil.example/api" }],
  ["no token", 401, { headers: [host] }],
  ["another token", 401, { headers: [host, ["Authorization", `Bearer ${newToken()}`]] }],
  [
    "the token's beginning",
    401,
    { headers: [host, ["Authorization", `Bearer ${token.slice(0, 42)}`]] },
  ],
  ["two tokens", 401, { headers: [host, bearer, bearer] }],
  ["the token in the query", 401, { target: `/api/library?token=${token}`, headers: [host] }],
  ["another page", 403, { headers: [host, bearer, ["Sec-Fetch-Site", "cross-site"]] }],
  ["another local port", 403, { headers: [host, bearer, ["Sec-Fetch-Site", "same-site"]] }],
  ["a foreign Origin", 403, { headers: [host, bearer, ["Origin", "http://127.0.0.1:3000"]] }],
  ["an opaque Origin", 403, { headers: [host, bearer, ["Origin", "null"]] }],
  ["an https Origin", 403, { headers: [host, bearer, ["Origin", "https://127.0.0.1:7347"]] }],
  [
    "a foreign script",
    403,
    { target: "/app.js", headers: [host, ["Sec-Fetch-Site", "cross-site"]] },
  ],
  ["a form", 415, { method: "POST", headers: [host, bearer, ["Content-Type", "text/plain"]] }],
  ["no content type", 415, { method: "POST", headers: [host, bearer] }],
  [
    "a large body",
    413,
    { method: "POST", headers: [host, bearer, json, ["Content-Length", "65537"]] },
  ],
  ["OPTIONS", 405, { method: "OPTIONS" }],
  ["DELETE", 405, { method: "DELETE" }],
  ["POST to a file", 405, { method: "POST", target: "/", headers: [host, json] }],
])("%s is refused with %i", (_, status, part) => {
  expect(statusOf(part)).toBe(status);
});

test("a link on another page may open this one, and do nothing else", () => {
  const visit = [
    host,
    ["Sec-Fetch-Site", "cross-site"],
    ["Sec-Fetch-Mode", "navigate"],
    ["Sec-Fetch-Dest", "document"],
  ] as const;
  expect(statusOf({ target: "/", headers: visit })).toBe(200);
  expect(statusOf({ target: "/api/library", headers: [...visit, bearer] })).toBe(403);
  const framed = [...visit.slice(0, 3), ["Sec-Fetch-Dest", "iframe"]] as const;
  expect(statusOf({ target: "/", headers: framed })).toBe(403);
});

test("whatever a request looks like, nothing but the exact token opens the API", () => {
  const name = fc.constantFrom(
    "Host",
    "Authorization",
    "Origin",
    "Sec-Fetch-Site",
    "Content-Type",
    "X",
  );
  const value = fc.oneof(
    fc.constantFrom("127.0.0.1:7347", "localhost:7347", "same-origin", "none", "Bearer x", "null"),
    fc.string(),
  );
  const headers = fc.array(fc.tuple(name, value), { maxLength: 8 });
  const target = fc.oneof(
    fc.constantFrom("/api", "/api/library", "/API/library", "/api?x"),
    fc.webPath().map((path) => `/api${path.startsWith("/") ? path : `/${path}`}`),
  );
  fc.assert(
    fc.property(
      fc.constantFrom("GET", "POST", "HEAD", "PUT"),
      target,
      headers,
      (method, path, sent) => {
        expect(judge({ method, target: path, headers: sent }, rules)).toBeDefined();
      },
    ),
  );
});
