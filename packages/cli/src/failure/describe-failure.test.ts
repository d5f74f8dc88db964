import { ModelDownloadError } from "@mlx-download/core";
import { expect, test } from "vitest";
import { CliError } from "./cli-error.ts";
import { describeFailure, failureJson } from "./describe-failure.ts";
import { renderFailure } from "./render-failure.ts";

const plain = { color: false, unicode: true, columns: undefined, debug: false };
const gated = new ModelDownloadError("org/name needs you to accept its terms.", "hub/gated", {
  hint: "Accept them at https://huggingface.co/org/name, then run the same command.",
  repoId: "org/name",
  data: {
    status: 403,
    errorCode: "GatedRepo",
    requestId: "r-1",
    url: "https://x/?token=hf_abcdefgh1234",
  },
});

test("a coded error becomes one sentence, why and fix", () => {
  expect(renderFailure(describeFailure(gated), plain)).toEqual([
    "error: hub/gated  org/name needs you to accept its terms.",
    "  why: the Hub answered 403 (GatedRepo)",
    "  fix: Accept them at https://huggingface.co/org/name, then run the same command.",
  ]);
});

test("the server's message is the reason, not part of the sentence", () => {
  const error = new ModelDownloadError(
    "There is no model org/x (Repository not found)",
    "hub/repo-not-found",
    {
      hint: "Check the spelling.",
      data: { status: 404, serverMessage: "Repository not found" },
    },
  );
  expect(describeFailure(error)).toMatchObject({
    message: "There is no model org/x",
    why: "the Hub answered 404: Repository not found",
  });
});

test("where the library says to log in, the command line names its command", () => {
  const error = new ModelDownloadError("org/x is gated", "hub/gated", {
    hint: "Accept the conditions, then set HF_TOKEN or log in with that account.",
  });
  expect(describeFailure(error).hint).toBe(
    "Accept the conditions, then set HF_TOKEN or run mlx-download login with that account.",
  );
});

test("on a narrow terminal the sentences wrap under themselves", () => {
  const lines = renderFailure(describeFailure(gated), { ...plain, columns: 40 });
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    error: hub/gated  org/name needs you to
           accept its terms.
      why: the Hub answered 403 (GatedRepo)
      fix: Accept them at
           https://huggingface.co/org/name,
           then run the same command.
    "
  `);
});

test("the JSON form carries the promised data and no secret", () => {
  expect(failureJson(describeFailure(gated))).toEqual({
    code: "hub/gated",
    message: "org/name needs you to accept its terms.",
    hint: "Accept them at https://huggingface.co/org/name, then run the same command.",
    exitCode: 3,
    repoId: "org/name",
    status: 403,
    errorCode: "GatedRepo",
    requestId: "r-1",
    url: "https://x/?token=…",
  });
});

test("debug shows code, request id and the chain of causes, secrets masked", () => {
  const cause = new Error("connect failed with hf_abcdefghijkl1234", {
    cause: new Error("ECONNRESET"),
  });
  const error = new ModelDownloadError("cannot reach the Hub", "hub/unreachable", {
    hint: "Check the network.",
    data: { requestId: "r-2", errorCode: undefined },
    cause,
  });
  const text = renderFailure(describeFailure(error), { ...plain, debug: true }).join("\n");
  expect(text).toContain("hub/unreachable (exit 5)");
  expect(text).toMatch(/requestId: +r-2/);
  expect(text).toContain("caused by: Error: connect failed with hf_…1234");
  expect(text).toContain("caused by: Error: ECONNRESET");
  expect(text).toContain("  why: ECONNRESET");
});

test("a cause that the message names already is not repeated", () => {
  const error = new ModelDownloadError("refused: ECONNREFUSED", "hub/unreachable", {
    hint: "Check.",
    cause: new Error("ECONNREFUSED"),
  });
  expect(describeFailure(error).why).toBeUndefined();
});

test("an error without a code is a bug to report, with exit code 1", () => {
  const failure = describeFailure(new TypeError("x is not a function"));
  expect(failure).toMatchObject({
    code: "unexpected",
    exitCode: 1,
    message: "x is not a function",
  });
  expect(describeFailure("a string").message).toBe("a string");
});

test.each([
  [{ code: "EMFILE", syscall: "open" }, "ulimit -n"],
  [{ code: "ENOENT", syscall: "uv_cwd" }, "cd ~"],
  [{ code: "ENOENT", syscall: "open" }, "report it"],
])("an error of the system that the user can fix is not a bug to report: %j", (system, hint) => {
  const failure = describeFailure(Object.assign(new Error("refused"), system));
  expect(failure).toMatchObject({ code: "unexpected", exitCode: 1 });
  expect(failure.hint).toContain(hint);
});

test("a cause that causes itself ends", () => {
  const error = new Error("round");
  error.cause = error;
  expect(describeFailure(error).chain).toHaveLength(1);
});

test("a stop by the user is no error and leaves the command on a line of its own", () => {
  const error = new CliError("Stopped by Ctrl-C. Kept 2.86 GB.", "cli/interrupted", {
    hint: "Resume with: mlx-download org/name",
  });
  expect(renderFailure(describeFailure(error), plain)).toEqual([
    "Stopped by Ctrl-C. Kept 2.86 GB.",
    "Resume with: mlx-download org/name",
  ]);
});
