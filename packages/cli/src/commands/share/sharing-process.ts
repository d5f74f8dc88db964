import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replaceBeside } from "@mlx-download/cache/writing";
import type { OfferedRepo } from "@mlx-download/hub-server";

/** Where blobs are offered on one network. */
export interface OpenDoor {
  readonly network: string;
  readonly url: string;
}

/** What the process that shares says of itself, for other commands of this user. */
export interface SharingProcess {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly doors: readonly OpenDoor[];
  readonly shared: readonly OfferedRepo[];
  /** Body bytes that neighbours took, by their addresses. */
  readonly served: readonly { readonly address: string; readonly bytes: number }[];
}

// The record is written every two seconds.
const STALE_MS = 10_000;

/** Where the process says it. */
export async function processPath(env: NodeJS.ProcessEnv): Promise<string> {
  const { registryPath } = await import("@mlx-download/registry");
  return join(dirname(registryPath(env)), "sharing-process.json");
}

/** Writes the record of this process. */
export async function sayProcess(path: string, state: SharingProcess): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const text = JSON.stringify({ schema: 1, ...state, saidAt: Date.now() });
  await replaceBeside(path, `${text}\n`, 0o600);
}

/** Removes the record of this process. */
export async function forgetProcess(path: string): Promise<void> {
  const said = await readRecord(path);
  if (said?.pid === process.pid) await rm(path, { force: true });
}

/** The process that shares now. Undefined when there is none, or when it has not spoken for ten seconds. */
export async function readProcess(env: NodeJS.ProcessEnv): Promise<SharingProcess | undefined> {
  const said = await readRecord(await processPath(env));
  if (said === undefined || Math.abs(Date.now() - said.saidAt) > STALE_MS) return undefined;
  try {
    process.kill(said.pid, 0);
  } catch (error) {
    // It is somebody else's, and alive.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  const { pid, startedAt, doors, shared, served } = said;
  return { pid, startedAt, doors, shared, served };
}

async function readRecord(
  path: string,
): Promise<(SharingProcess & { readonly saidAt: number }) | undefined> {
  try {
    const value = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const { pid, saidAt, doors, shared, served } = value;
    const lists = [doors, shared, served].every(Array.isArray);
    if (!Number.isSafeInteger(pid) || typeof saidAt !== "number" || !lists) return undefined;
    return value as unknown as SharingProcess & { saidAt: number };
  } catch {
    return undefined;
  }
}
