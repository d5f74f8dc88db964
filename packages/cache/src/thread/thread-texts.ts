/**
 * The programs of this package's threads as text, by name. The build fills it in
 * (`scripts/bundle-library.ts`). From source it is empty and the files are started.
 */
export const threadTexts: Readonly<Record<string, string>> = {};
