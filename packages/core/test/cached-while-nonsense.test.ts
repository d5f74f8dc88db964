import { describe, expect, test } from "vitest";
import { failure, MODEL, type Road, startRoad } from "./fixture.ts";

const PAGE = "<!doctype html><html><body>Sign in to use this network.</body></html>";
const html = { "content-type": "text/html; charset=utf-8" };

/** A model in the cache, and nothing but `fault` from its Hub since. */
async function afterwards(fault: Parameters<Road["hub"]["faults"]["add"]>[0]): Promise<Road> {
  const road = await startRoad();
  await road.hub.addRepo("acme/tiny", MODEL);
  await road.get("acme/tiny");
  road.events.length = 0;
  road.hub.faults.add(fault);
  return road;
}

describe("a model that is here is used while the Hub's place answers nonsense", () => {
  test.each([
    ["200 with a web page", { kind: "loginPage" }, /a web page where data was expected/],
    [
      "403 with a web page",
      { kind: "status", status: 403, headers: html, body: PAGE },
      /403 with a web page/,
    ],
    [
      "401 with a web page",
      { kind: "status", status: 401, headers: html, body: PAGE },
      /401 with a web page/,
    ],
    [
      "407",
      { kind: "status", status: 407, headers: html, body: PAGE },
      /proxy .* wants a user name and password/,
    ],
    ["511", { kind: "status", status: 511, headers: html, body: PAGE }, /wants a login first/],
    ["a redirect loop", { kind: "redirectLoop" }, /redirects in circles/],
    ["cut JSON", { kind: "truncatedJson" }, /not JSON/],
    [
      "an error with 200",
      { kind: "status", status: 200, body: '{"error":"quota exceeded"}' },
      /quota exceeded/,
    ],
    [
      "a list in the place of an object",
      { kind: "status", status: 200, body: "[]" },
      /names no commit/,
    ],
    [
      "an error with 200, in another field",
      { kind: "status", status: 200, body: '{"detail":"rate exceeded, come back"}' },
      /rate exceeded, come back/,
    ],
    [
      "an object that describes no model",
      { kind: "status", status: 200, body: '{"status":"ok"}' },
      /names no commit/,
    ],
    [
      "403 in a filter's words",
      {
        kind: "status",
        status: 403,
        headers: { "content-type": "application/json" },
        body: '{"error":"blocked by the firewall"}',
      },
      /proxy or firewall \(blocked by the firewall\)/,
    ],
    ["451", { kind: "status", status: 451 }, /withheld for legal reasons/],
    ["204", { kind: "status", status: 204 }, /not JSON/],
    ["418", { kind: "status", status: 418 }, /418/],
  ] as const)("%s", async (_, effect, why) => {
    const { get, events } = await afterwards({ on: "api", ...effect } as never);
    const result = await get("acme/tiny");
    expect(result).toMatchObject({ fromCache: true, repoId: "acme/tiny" });
    const warnings = events.filter(({ type }) => type === "warning");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ message: expect.stringMatching(why) });
    expect(warnings[0]).toMatchObject({
      message: expect.stringMatching(/Using main as the cache knows it/),
    });
  });

  test("a token that the Hub refuses, of a private repo", async () => {
    const { hub, get, events } = await startRoad();
    hub.store.addUser({ name: "anna", tokens: ["hf_annas_token"] });
    await hub.addRepo("acme/mine", MODEL, { private: true, readers: ["anna"] });
    await get("acme/mine", { token: "hf_annas_token" });
    hub.store.revokeToken("hf_annas_token");
    expect(await get("acme/mine", { token: "hf_annas_token" })).toMatchObject({ fromCache: true });
    expect(events.find(({ type }) => type === "warning")).toMatchObject({
      code: "hub/unauthorized",
    });
  });
});

test.each([
  [
    "a repo that is gone",
    { kind: "status", status: 404, headers: { "x-error-code": "RepoNotFound" } },
    "hub/repo-not-found",
  ],
  [
    "a repo that is disabled",
    {
      kind: "status",
      status: 403,
      headers: { "x-error-message": "Access to this resource is disabled." },
    },
    "hub/disabled",
  ],
] as const)("what the Hub itself says of a repo counts: %s", async (_, effect, code) => {
  const { get } = await afterwards({ on: "api", ...effect } as never);
  expect((await failure(get("acme/tiny"))).code).toBe(code);
});

test("without a model here the server's words are the error", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  hub.faults.add({ on: "api", kind: "status", status: 200, body: '{"error":"quota exceeded"}' });
  const error = await failure(get("acme/tiny"));
  expect(error).toMatchObject({
    code: "hub/bad-response",
    data: { serverMessage: "quota exceeded" },
  });
});
