/** Up to this size a blob is one request, held in memory until it is proved; nothing of it is resumed. */
export const SMALL_BLOB_BYTES: number = 1024 * 1024;
