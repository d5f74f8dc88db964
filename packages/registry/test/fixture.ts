import { join } from "node:path";
import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { onTestFinished } from "vitest";
import { openRegistry, type Registry, type RegistryNotice } from "../src/index.ts";

/** A Hub with a list in small pages. */
export async function startHub(listPageSize = 10): Promise<TestHub> {
  const hub = await startTestHub({ listPageSize });
  onTestFinished(() => hub.close());
  return hub;
}

/** Adds models `acme/model-<n>-4bit`, each modified a minute before the one before. */
export async function addModels(hub: TestHub, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    await hub.addRepo(
      `acme/model-${at}-4bit`,
      { "config.json": `{"n": ${at}}` },
      {
        tags: ["mlx", "qwen3", "license:mit"],
        downloads: at * 10,
        lastModified: new Date(Date.UTC(2026, 9, 1) - at * 60_000).toISOString(),
      },
    );
  }
}

/** A registry of its own in an empty folder, closed when the test ends. */
export async function freshRegistry(): Promise<{
  readonly registry: Registry;
  readonly path: string;
  readonly notices: RegistryNotice[];
}> {
  const path = join(await tempDir(), "state", "registry.db");
  const notices: RegistryNotice[] = [];
  const registry = openRegistry({ path, onNotice: (notice) => notices.push(notice) });
  onTestFinished(() => registry.close());
  return { registry, path, notices };
}
