/** Up to this size a blob is one request, held in memory until it is verified. Small blobs are not resumed. */
export const SMALL_BLOB_BYTES: number = 1024 * 1024;
