/** Whether an If-None-Match header names the ETag (weak comparison, RFC 9110, 13.1.2). */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return header.split(",").some((candidate) => opaque(candidate) === opaque(etag));
}

/** Whether a Range may be honoured under an If-Range header (strong comparison, RFC 9110, 13.1.5). */
export function rangeAllowed(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || (ifRange.trim() === etag && !etag.startsWith("W/"));
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}
