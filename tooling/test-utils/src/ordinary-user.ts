import { chown, lchown, readdir } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const NOBODY = 65_534;
const isRoot = process.geteuid?.() === 0;

/**
 * Runs the rest of a test as a user whom permissions hold off, since root may do anything: `nobody` where this process is
 * root, who gets the files below `folder` first; else the user as it is.
 */
export async function becomeOrdinaryUser(folder: string): Promise<void> {
  if (!isRoot) return;
  await chown(folder, NOBODY, NOBODY);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries) await lchown(join(parentPath, name), NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  onTestFinished(() => process.seteuid?.(0));
}
