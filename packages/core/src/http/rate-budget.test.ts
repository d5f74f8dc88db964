import { expect, test } from "vitest";
import { readBudget } from "./rate-budget.ts";

const headers = (ratelimit?: string, policy?: string) => ({
  get: (name: string) => (name === "ratelimit" ? ratelimit : policy),
});

test("reads the budget that the Hub tells with every answer", () => {
  expect(readBudget(headers('"api";r=489;t=212', '"fixed window";"api";q=500;w=300'))).toEqual({
    bucket: "api",
    remaining: 489,
    quota: 500,
    resetMs: 212_000,
    windowMs: 300_000,
  });
  expect(readBudget(headers('"pages";r=0;t=3', "q=100"))).toMatchObject({
    bucket: "pages",
    quota: 100,
    windowMs: undefined,
  });
});

test.each([
  [undefined, "q=500;w=300"],
  ['"api";r=1;t=2', undefined],
  ["api 5", "q=500"],
  ['"api";r=-1;t=2', "q=500"],
])("%j with %j is none", (ratelimit, policy) => {
  expect(readBudget(headers(ratelimit, policy))).toBeUndefined();
});
