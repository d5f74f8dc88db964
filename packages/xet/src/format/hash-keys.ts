/** Key of chunk hashes (hub-docs, docs/xet/hashing.md, like the others). */
export const DATA_KEY: Uint8Array = key(
  "6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229",
);
/** Key of the nodes of a hash tree. */
export const NODE_KEY: Uint8Array = key(
  "017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f",
);
/** Key of the hash that shows the server that an uploader has the chunks of a term. */
export const VERIFICATION_KEY: Uint8Array = key(
  "7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3",
);
/** Key of the file hash over the root of its tree. */
export const FILE_KEY: Uint8Array = new Uint8Array(32);

function key(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}
