import { describe, expect, test } from "vitest";
import { accessState, gatedVerdict, isPublicFile } from "./gated.ts";

// As recorded on 2026-10-06: 403 GatedRepo of auth-check and resolve.
const SAID = {
  "not-asked":
    "Access to model org/x is restricted and you are not in the authorized list. Visit https://huggingface.co/org/x to ask for access.",
  waiting: "Your request to access model org/x is awaiting a review from the repo authors.",
  rejected: "Your request to access model org/x has been rejected by the repo's authors.",
  reset:
    "Your request to access model org/x has been reset by the repo's authors. Visit https://huggingface.co/org/x to submit a new request.",
} as const;
const gate = { repoId: "org/x", endpoint: "https://hub.example/mirror", tokenSource: "HF_TOKEN" };

test.each(Object.entries(SAID))("the Hub's own sentence tells: %s", (state, said) => {
  expect(accessState({ serverText: said, tokenSource: "HF_TOKEN" })).toBe(state);
  const { code, message, hint, data } = gatedVerdict({
    ...gate,
    serverText: said,
    account: "anna",
  });
  expect({ code, data }).toMatchObject({
    code: "hub/gated",
    data: { access: state, account: "anna", tokenSource: "HF_TOKEN" },
  });
  expect(message).toContain("anna");
  expect(hint).toContain(data.page);
  expect(hint).toContain("HF_TOKEN");
});

test("without a token there is no request, and another sentence leaves its state open", () => {
  expect(accessState({ serverText: SAID.waiting })).toBe("anonymous");
  expect(accessState({ serverText: "No.", tokenSource: "HF_TOKEN" })).toBe("unknown");
  expect(gatedVerdict({ ...gate, account: undefined }).hint).toContain(
    "the account whose token is in HF_TOKEN",
  );
});

describe("the page where access is asked for", () => {
  test("is the one that the Hub names, so that a mirror's user comes to the Hub", () => {
    const { page } = gatedVerdict({ ...gate, serverText: SAID.reset }).data;
    expect(page).toBe("https://huggingface.co/org/x");
  });

  test.each([
    ["another host", "Visit https://evil.example/org/x to ask for access."],
    ["another repo", "Visit https://huggingface.co/org/y to ask for access."],
    ["none", SAID.waiting],
  ])("is at the endpoint when the answer names %s", (_, said) => {
    expect(gatedVerdict({ ...gate, serverText: said }).data.page).toBe(
      "https://hub.example/mirror/org/x",
    );
  });
});

test("public are README.md and three licences at the root, by their exact names", () => {
  const paths = ["README.md", "LICENSE", "LICENSE.md", "LICENSE.txt"];
  expect(paths.every((path) => isPublicFile({ path }))).toBe(true);
  const others = [
    "readme.md",
    "original/README.md",
    ".gitattributes",
    "LICENSE.rst",
    "config.json",
  ];
  expect(others.some((path) => isPublicFile({ path }))).toBe(false);
});
