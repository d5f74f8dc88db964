// COM and LPT also take the superscript digits (Microsoft, "Naming Files, Paths, and Namespaces").
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:[.:].*)?$/i;

/** How many bytes the text takes on disk. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text);
}

/** Whether the text holds a C0 or C1 control character, DEL, or a lone surrogate, none of which a file name keeps. */
export function hasControlCharacter(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- finding them is the purpose
  return /[\u0000-\u001f\u007f-\u009f]/.test(text) || !text.isWellFormed();
}

/** Whether Windows would open a device instead of a file of this name, whatever its extension. */
export function isReservedOnWindows(segment: string): boolean {
  return RESERVED.test(segment);
}
