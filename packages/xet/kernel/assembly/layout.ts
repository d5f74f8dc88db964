/** The key of all hashes, 32 bytes, put here by whoever starts the kernel. */
export const KEY: usize = 0;
/** A chaining value, 32 bytes. */
export const VALUE: usize = 32;
/** A block of 64 bytes that is padded with zeros. */
export const BLOCK: usize = 64;
/** Results of the last call: bytes consumed, bytes produced, why it stopped. */
export const RESULT: usize = 128;
/** Chaining values of up to 128 chunks of BLAKE3, and room for three more. */
export const VALUES: usize = 1024;
/** Grouped bytes of one chunk, and 64 bytes that copies may write behind it. */
export const GROUPED: usize = 8192;
