import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelDownloadError } from "../contract/errors.ts";
import { responseHeaders } from "../http/response-headers.ts";
import { responseError, type ErrorContext } from "./response-error.ts";
import type { Question } from "./question.ts";

const HUB = "https://huggingface.co";
const QUESTIONS: Record<Question["kind"], Question> = {
  repo: { kind: "repo", repoId: "acme/tiny" },
  revision: { kind: "revision", repoId: "acme/tiny", revision: "v9" },
  file: { kind: "file", repoId: "acme/tiny", revision: "main", path: "config.json" },
  list: { kind: "list" },
};

interface Case {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly asked?: Question["kind"];
  readonly context?: Partial<ErrorContext>;
}

function errorOf({ status, headers = {}, body = "", asked = "repo", context = {} }: Case) {
  return responseError(
    {
      status,
      headers: responseHeaders(Object.entries(headers)),
      body: Readable.from([Buffer.from(body)]),
      discard() {},
    },
    QUESTIONS[asked],
    { endpoint: HUB, url: new URL(`${HUB}/api/models/acme/tiny?sig=secret`), ...context },
  );
}

const GATED = {
  "X-Error-Code": "GatedRepo",
  "X-Error-Message": "Access to model acme/tiny is restricted.",
};
const WITH_TOKEN = { tokenSource: "HF_TOKEN" };

describe("responseError", () => {
  test.each<[string, Case, string]>([
    [
      "repo missing, logged in",
      { status: 404, headers: { "X-Error-Code": "RepoNotFound" } },
      "hub/repo-not-found",
    ],
    [
      "repo missing or private, anonymous",
      { status: 401, headers: { "X-Error-Message": "Invalid username or password." } },
      "hub/repo-not-found",
    ],
    ["the same on a file", { status: 401, asked: "file" }, "hub/repo-not-found"],
    [
      "revision missing",
      { status: 404, headers: { "x-error-code": "RevisionNotFound" } },
      "hub/revision-not-found",
    ],
    [
      "file missing",
      { status: 404, headers: { "x-error-code": "EntryNotFound" }, asked: "revision" },
      "hub/entry-not-found",
    ],
    [
      "bad token",
      {
        status: 401,
        headers: { "X-Error-Message": "Invalid credentials in Authorization header" },
        context: WITH_TOKEN,
      },
      "hub/unauthorized",
    ],
    ["gated, anonymous", { status: 401, headers: GATED }, "hub/gated"],
    ["gated, logged in", { status: 403, headers: GATED, context: WITH_TOKEN }, "hub/gated"],
    [
      "disabled",
      { status: 403, headers: { "X-Error-Message": "Access to this resource is disabled." } },
      "hub/disabled",
    ],
    [
      "a code wins over the message",
      {
        status: 403,
        headers: {
          "X-Error-Code": "RepoNotFound",
          "X-Error-Message": "Access to this resource is disabled.",
        },
      },
      "hub/repo-not-found",
    ],
    [
      "token lacks a scope",
      { status: 403, headers: { "X-Error-Message": "Your token has no read scope" } },
      "hub/forbidden",
    ],
    ["bare 403", { status: 403 }, "hub/forbidden"],
    ["bare 404 on a repo", { status: 404 }, "hub/repo-not-found"],
    ["bare 404 on a revision", { status: 404, asked: "revision" }, "hub/revision-not-found"],
    ["bare 404 on a file", { status: 404, asked: "file" }, "hub/entry-not-found"],
    ["bare 404 on a list", { status: 404, asked: "list" }, "hub/bad-response"],
    ["rate limit", { status: 429 }, "hub/rate-limited"],
    ["overload", { status: 503 }, "hub/unavailable"],
    ["gateway timeout", { status: 504 }, "hub/unavailable"],
    ["validation", { status: 400, body: '{"error":"bad sort"}' }, "hub/bad-response"],
    ["a redirect that leads nowhere", { status: 302 }, "hub/bad-response"],
    [
      "a list refused by a mirror",
      { status: 401, headers: { "X-Error-Code": "RepoNotFound" }, asked: "list" },
      "hub/unauthorized",
    ],
  ])("%s", async (_name, given, code) => {
    const error = await errorOf(given);
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
    expect(error.message).not.toContain("secret");
    expect(error.data["status"]).toBe(given.status);
  });

  test("hints at logging in without a token, and names the token's source with one", async () => {
    expect((await errorOf({ status: 401 })).hint).toContain("HF_TOKEN or log in");
    const tokenSource = "the token file /home/anna/token";
    expect((await errorOf({ status: 404, context: { tokenSource } })).hint).toContain(tokenSource);
    const headers = { "X-Error-Message": "Invalid credentials in Authorization header" };
    const error = await errorOf({ status: 401, headers, context: { tokenSource } });
    expect(error.message).toContain(tokenSource);
    expect(error.data).toMatchObject({ tokenSource });
  });

  test("leads a gated repo's user to the page at the endpoint", async () => {
    const endpoint = "http://127.0.0.1:8080/mirror";
    const page = `${endpoint}/acme/tiny`;
    const anonymous = await errorOf({ status: 401, headers: GATED, context: { endpoint } });
    expect(anonymous.hint).toContain(`${page}, then set HF_TOKEN`);
    expect(anonymous.data).toMatchObject({ page });
    const known = await errorOf({
      status: 403,
      headers: GATED,
      context: { endpoint, ...WITH_TOKEN },
    });
    expect(known.hint).toContain(
      `Ask for access at ${page} with the account whose token is in HF_TOKEN`,
    );
  });

  test("says how long a rate limit lasts", async () => {
    const error = await errorOf({ status: 429, headers: { RateLimit: '"api";r=0;t=55' } });
    expect(error.message).toContain("56 s");
    expect(error.data).toMatchObject({ retryAfterMs: 56_000 });
    expect((await errorOf({ status: 429 })).data).toMatchObject({ retryAfterMs: null });
  });

  test("quotes the server, from header or body, never from a web page", async () => {
    const said = async (given: Case) => (await errorOf(given)).data["serverMessage"];
    expect(await said({ status: 400, body: '{"error":"bad sort"}' })).toBe("bad sort");
    expect(await said({ status: 400, body: '{"errors":[{"message":"too long"}]}' })).toBe(
      "too long",
    );
    expect(await said({ status: 503, body: "over\ncapacity" })).toBe("over capacity");
    expect(await said({ status: 403, headers: { "x-error-message": "no scope" }, body: "x" })).toBe(
      "no scope",
    );
    expect(await said({ status: 502, body: "<html>nginx</html>" })).toBeUndefined();
    expect((await errorOf({ status: 400, body: '{"error":"bad sort"}' })).message).toContain(
      "(bad sort)",
    );
  });

  test("keeps the request's id", async () => {
    const headers = { "x-request-id": "Root=1-abc" };
    expect((await errorOf({ status: 500, headers })).data).toMatchObject({
      requestId: "Root=1-abc",
    });
  });

  test("does not wait for a body that does not come", async () => {
    const error = await responseError(
      {
        status: 404,
        headers: responseHeaders([["x-error-code", "EntryNotFound"]]),
        body: new Readable({ read() {} }),
        discard() {},
      },
      QUESTIONS.file,
      { endpoint: HUB, url: new URL(HUB) },
    );
    expect(error.code).toBe("hub/entry-not-found");
  });

  test("makes a coded error with a hint of any answer", async () => {
    const header = fc.tuple(
      fc.constantFrom(
        "x-error-code",
        "x-error-message",
        "ratelimit",
        "retry-after",
        "content-type",
      ),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 300, max: 599 }),
        fc.array(header),
        fc.oneof(fc.string(), fc.json()),
        fc.constantFrom<Question["kind"]>("repo", "revision", "file", "list"),
        async (status, headers, body, asked) => {
          const error = await errorOf({
            status,
            headers: Object.fromEntries(headers),
            body,
            asked,
          });
          expect(error).toBeInstanceOf(ModelDownloadError);
          expect(error.code).toMatch(/^hub\//);
          expect(error.hint).not.toBe("");
          expect(error.message).not.toMatch(/[\n\r]/);
        },
      ),
    );
  });
});
