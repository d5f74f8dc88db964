/** By alias, in the order of manifest and lock: that of the bytes of UTF-8. */
export function byAlias(a: { readonly alias: string }, b: { readonly alias: string }): number {
  return Buffer.compare(Buffer.from(a.alias), Buffer.from(b.alias));
}
