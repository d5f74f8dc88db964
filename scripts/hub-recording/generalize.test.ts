import { expect, test } from "vitest";
import { differences } from "./compare.ts";
import { generalizeAnswer, generalizeText, generalizeValue } from "./generalize.ts";

const seen = { endpoint: "https://hub.example/mirror", source: "hub.example", today: "2026-10-06" };
const answerWith = (headers: Record<string, string>, body = "", status = 200) =>
  generalizeAnswer({ question: "q", status, headers: new Headers(headers), body }, seen);

test("what belongs to a person or a machine never stays", () => {
  const secrets = {
    hf_abcdefghijklmnopqrstuvwxyzABCDEFGH: "<token>",
    "Bearer abcdefghijklmnopqrstuvwxyz.x": "<token>",
    "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl": "<token>",
    "anna.b@example.org": "<email>",
    "203.0.113.7": "<address>",
    "2001:db8:0:1::7": "<address>",
  };
  for (const [secret, kind] of Object.entries(secrets)) {
    expect(generalizeText(`a ${secret} b`)).toBe(`a ${kind} b`);
  }
  expect(generalizeText('User Access Token "laptop of anna" is expired')).toBe(
    'User Access Token "<name>" is expired',
  );
  const whoami = { name: "anna", fullname: "Anna B", email: "a@b.org", auth: { role: "write" } };
  expect(generalizeValue(whoami)).toEqual({
    name: "<text>",
    fullname: "<text>",
    email: "<email>",
    auth: { role: "write" },
  });
});

test("of a link the host's part, the path and the keys stay, of a signed one only the keys", () => {
  const signed = "https://cdn.example/xet/abc?Signature=s&xip=1.2.3.4&Expires=1&Policy=p";
  expect(answerWith({ location: signed }).headers["location"]).toBe(
    "<cdn>/<path>?Expires&Policy&Signature&xip",
  );
  expect(answerWith({ location: "/api/models/a/b" }).headers["location"]).toBe("/api/models/a/b");
  const next = '<https://hub.example/mirror/api/models?limit=2&cursor=abc>; rel="next"';
  expect(answerWith({ link: next }).headers["link"]).toBe(
    '<<hub>/api/models?cursor&limit>; rel="next"',
  );
});

test("headers that no client depends on go, the others keep their shape", () => {
  const id = "Root=1-6b0d3c5e-5c92d2d12badce97b000056f;c50da3b7-1a27-469d-a113-3284ea3ab4ab";
  const etag = 'W/"2cd-6qN5QrZT4yYJt8peRuB/cEf+r+c"';
  const headers = { "x-request-id": id, etag, date: "now", ratelimit: '"api";r=472;t=235' };
  expect(answerWith(headers).headers).toEqual({
    "x-request-id": "Root=1-<id>;<id>",
    etag: 'W/"<tag>"',
    ratelimit: '"api";r=<number>;t=<number>',
  });
});

test("of a list every kind of item stays once, and kinds of things keep their names", () => {
  const oid = "a".repeat(40);
  const file = (path: string, size: number) => ({ type: "file", oid, size, path });
  expect(generalizeValue([file("a", 1), file("b", 2), { type: "directory", path: "c" }])).toEqual([
    { type: "file", oid: "<sha1>", size: "<number>", path: "<text>" },
    { type: "directory", path: "<text>" },
  ]);
});

test("an answer differs by status, by a header that is named or must be absent, and by what its body lacks", () => {
  const json = { "content-type": "application/json" };
  const answer = answerWith(
    { ...json, "x-repo-commit": "a".repeat(40) },
    '{"a":1,"b":[{"c":true}]}',
  );
  const recorded = { ...answer, headers: json, body: { b: [{ c: true }] } };
  expect(differences(recorded, answer)).toEqual([]);
  expect(
    differences(
      {
        ...recorded,
        status: 206,
        headers: { "x-repo-commit": null, etag: "x" },
        body: { a: "<text>", b: [{ c: false }], d: {} },
      },
      answer,
    ),
  ).toEqual([
    "status 200 instead of 206",
    "x-repo-commit: <sha1> instead of null",
    "etag: null instead of x",
    'body.a: "<number>" instead of "<text>"',
    'body.b[0]: nothing like {"c":false} in [{"c":true}]',
    "body.d: undefined instead of an object",
  ]);
});
