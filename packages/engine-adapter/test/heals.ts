import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { ensureModel, loadModel, type Engine } from "../src/index.ts";
import { startStage, TINY } from "./fixture.ts";

const weights = "model-00001-of-00002.safetensors";

/** Damage that no length shows: a file, and bytes that are put into it. Behind the length of a header lies its JSON. */
export const damages = [
  { file: weights, at: 8, bytes: Buffer.alloc(64) },
  { file: weights, at: 8, bytes: Buffer.alloc(64, 0xa7) },
  { file: weights, at: 0, bytes: Buffer.alloc(8, 0xff) },
  { file: weights, at: 40, bytes: Buffer.alloc(40, " ") },
  { file: "config.json", at: 0, bytes: Buffer.alloc(32) },
  { file: "tokenizer.json", at: 10, bytes: Buffer.from([0x22, 0xff, 0xfe, 0x7b]) },
  { file: "tokenizer_config.json", at: 0, bytes: Buffer.from("oops") },
] as const;

/**
 * Damages a model that is here and loads it: the engine must complain, and the handle that comes in the end is of the sound
 * model, whose bytes are as they were.
 */
export async function healDamage<Handle>(
  engine: Engine<Handle>,
  { file, at, bytes }: (typeof damages)[number],
): Promise<Handle> {
  const { options, events } = await startStage();
  const { path } = await ensureModel(TINY, options);
  const sound = await readFile(join(path, file));
  const opened = await open(join(path, file), "r+");
  await opened.write(bytes, 0, bytes.length, at);
  await opened.close();
  const handle = await loadModel(engine, TINY, options);
  expect(events).toContainEqual(expect.objectContaining({ code: "engine/proving-again" }));
  expect((await readFile(join(path, file))).equals(sound)).toBe(true);
  return handle;
}
