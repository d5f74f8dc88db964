import { join } from "node:path";
import {
  startTestHub,
  type TestHub,
  type TestHubOptions,
  tinyModelFiles,
} from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished } from "vitest";
import { createEngine, type EngineDouble } from "../src/testing/index.ts";
import type { EngineEvent, EnsureOptions } from "../src/index.ts";

export const TINY = "acme/tiny";

/** A test Hub with a tiny model on it, an empty cache, and options that lead there and nowhere else. */
export interface Stage {
  readonly hub: TestHub;
  readonly commit: string;
  readonly cacheDir: string;
  readonly events: EngineEvent[];
  readonly options: EnsureOptions;
}

export async function startStage(hubOptions: TestHubOptions = {}): Promise<Stage> {
  const hub = await startTestHub(hubOptions);
  onTestFinished(() => hub.close());
  const { commit } = await hub.addRepo(TINY, tinyModelFiles(), { tags: ["mlx"] });
  const cacheDir = join(await tempDir(), "hub");
  const events: EngineEvent[] = [];
  const options: EnsureOptions = {
    env: {},
    endpoint: hub.url,
    cacheDir,
    token: false,
    onEvent: (event) => events.push(event),
  };
  return { hub, commit, cacheDir, events, options };
}

/** The engine double, ended with the test. */
export async function startDouble(): Promise<EngineDouble> {
  const engine = await createEngine();
  onTestFinished(() => engine.dispose());
  return engine;
}

/** What a promise rejects with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<Error & { readonly code?: string; readonly hint?: string }> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

/** Body bytes that the Hub sent for files of a repo, in requests from the CDN or the Hub itself. */
export function requestsFor(hub: TestHub, repoId: string): number {
  return hub.log.entries.filter((entry) => entry.repoId === repoId).length;
}
