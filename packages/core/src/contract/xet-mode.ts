/**
 * When a file is fetched through Xet storage. `auto`: when that moves fewer bytes, or the plain route fails. `on`:
 * whenever the Hub lists it there. `off`: never. In all cases the plain route takes over the rest.
 */
export type XetMode = "auto" | "on" | "off";
