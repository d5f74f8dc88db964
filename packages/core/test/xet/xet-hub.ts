import { startRoad, type Road } from "../fixture.ts";
import type { TestHubOptions, TestXet } from "@mlx-download/hub-server/testing";

/** A road whose Hub has a Xet storage. */
export interface XetRoad extends Road {
  readonly xet: TestXet;
}

/** Starts one. */
export async function startXetRoad(options: TestHubOptions = {}): Promise<XetRoad> {
  const road = await startRoad({ xet: true, ...options });
  return { ...road, xet: road.hub.xet as TestXet };
}

/** Bytes that cannot be packed, and are the same for the same seed. */
export function noise(size: number, seed = 1): Buffer {
  const numbers = new Uint32Array(Math.ceil(size / 4));
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  for (let index = 0; index < numbers.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    numbers[index] = Math.imul(state, 0x2545f491) >>> 0;
  }
  return Buffer.from(numbers.buffer, 0, size);
}

/** Bytes that pack well, as the words of a text do. */
export function words(size: number, seed = 1): Buffer {
  const random = noise(Math.ceil(size / 4), seed);
  const list = ["alpha ", "beta ", "gamma ", "delta ", "epsilon ", "zeta ", "eta ", "theta "];
  let text = "";
  for (const byte of random) {
    if (text.length >= size) break;
    text += byte < 230 ? list[byte & 7] : `${byte}:${(byte * 7919) % 10_007} `;
  }
  return Buffer.from(text.padEnd(size).slice(0, size));
}

/** An edited file: a longer header, a block replaced, two blocks moved, a longer tail, single bytes changed. */
export function edited(base: Buffer): Buffer {
  const third = Math.floor(base.length / 3);
  const [first, second, rest] = [
    base.subarray(0, third),
    Buffer.from(base.subarray(third, 2 * third)),
    base.subarray(2 * third),
  ];
  noise(60_000, 77).copy(second, 100_000);
  const file = Buffer.concat([noise(300, 5), second, first, rest, noise(50_000, 6)]);
  for (const at of [700_000, 1_900_000]) file[at] = (file[at] ?? 0) ^ 1;
  return file;
}
