import { describe, expect, test } from "vitest";
import { hubsFor } from "../../test/hub-client.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "../hub/hub-client.ts";
import type { Hubs } from "./hubs.ts";

const [ONE, TWO, THREE] = ["https://one.test", "https://two.test", "https://three.test"] as const;
const fails = (code: "hub/unreachable" | "hub/repo-not-found" | "settings/invalid"): never => {
  throw new ModelDownloadError(code, code, { hint: "." });
};

/** Asks for the endpoint. `answers` gives the behaviour of each. Resolves with the Hubs asked, in order. */
async function ask(hubs: Hubs, answers: Readonly<Record<string, () => unknown>>, options = {}) {
  const asked: string[] = [];
  const question = async ({ settings }: HubClient): Promise<unknown> => {
    asked.push(settings.endpoint);
    return answers[settings.endpoint]?.() ?? settings.endpoint;
  };
  const outcome = await hubs.ask(question, options).then(
    ({ value, client }) => ({ value, from: client.settings.endpoint }),
    (error: unknown) => ({ code: (error as ModelDownloadError).code, message: String(error) }),
  );
  return { outcome, asked };
}

describe("ask", () => {
  test("takes the first answer and tells who gave it", async () => {
    const { hubs, events } = hubsFor([ONE, TWO]);
    const { outcome, asked } = await ask(hubs, {});
    expect({ outcome, asked }).toEqual({ outcome: { value: ONE, from: ONE }, asked: [ONE] });
    expect(events).toEqual([]);
  });

  test("goes on after a Hub that is away or does not have it, and says so", async () => {
    const { hubs, events } = hubsFor([ONE, TWO, THREE]);
    const { outcome, asked } = await ask(hubs, {
      [ONE]: () => fails("hub/unreachable"),
      [TWO]: () => fails("hub/repo-not-found"),
    });
    expect(outcome).toEqual({ value: THREE, from: THREE });
    expect(asked).toEqual([ONE, TWO, THREE]);
    expect(events).toMatchObject([
      { type: "source-switched", from: "one.test", to: "two.test", code: "hub/unreachable" },
      { type: "source-switched", from: "two.test", to: "three.test", code: "hub/repo-not-found" },
    ]);
  });

  test("asks one that was away last the next time", async () => {
    const { hubs } = hubsFor([ONE, TWO]);
    await ask(hubs, { [ONE]: () => fails("hub/unreachable") });
    expect((await ask(hubs, {})).asked).toEqual([TWO]);
    // A 404 from one Hub says nothing about the next question.
    const { hubs: others } = hubsFor([ONE, TWO]);
    await ask(others, { [ONE]: () => fails("hub/repo-not-found") });
    expect((await ask(others, {})).asked).toEqual([ONE]);
  });

  test("asks the first one again, with patience, when all are away", async () => {
    const { hubs } = hubsFor([ONE, TWO]);
    const away = { [ONE]: () => fails("hub/unreachable"), [TWO]: () => fails("hub/unreachable") };
    expect((await ask(hubs, away)).asked).toEqual([ONE, TWO, ONE]);
    expect((await ask(hubs, away, { isOptional: true })).asked).toEqual([ONE, TWO]);
  });

  test("throws the refusal of the Hub that the token is for before that of others", async () => {
    const { hubs } = hubsFor([ONE, TWO, THREE], { tokenEndpoint: THREE });
    const refuse = (who: string) => () => {
      throw new ModelDownloadError(who, "hub/repo-not-found", { hint: "." });
    };
    const { outcome } = await ask(hubs, {
      [ONE]: () => fails("hub/unreachable"),
      [TWO]: refuse("two"),
      [THREE]: refuse("three"),
    });
    expect(outcome).toMatchObject({ message: expect.stringContaining("three") });
  });

  test("an error that is not a Hub's answer ends the search", async () => {
    const { hubs } = hubsFor([ONE, TWO]);
    const { outcome, asked } = await ask(hubs, { [ONE]: () => fails("settings/invalid") });
    expect(outcome).toMatchObject({ code: "settings/invalid" });
    expect(asked).toEqual([ONE]);
  });

  test("an answer that tells a part counts when no Hub tells the whole", async () => {
    const isWhole = (value: unknown): boolean => value === "whole";
    const part = (): string => "part";
    const { hubs } = hubsFor([ONE, TWO], { tokenEndpoint: TWO });
    expect((await ask(hubs, { [ONE]: part, [TWO]: () => "whole" }, { isWhole })).outcome).toEqual({
      value: "whole",
      from: TWO,
    });
    expect((await ask(hubs, { [ONE]: part, [TWO]: part }, { isWhole })).outcome).toEqual({
      value: "part",
      from: TWO,
    });
  });
});
