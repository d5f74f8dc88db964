/**
 * Whether a name in `blobs` is another client's unfinished blob: `<etag>.incomplete` of Python's, `<etag>.sync.part` and
 * `<etag>.part` of hf-hub (Rust).
 */
export function isForeignPartial(name: string): boolean {
  return /\.(?:incomplete|part)$/.test(name);
}
