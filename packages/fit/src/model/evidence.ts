import type { Evidence, EvidenceSource } from "./model-description.ts";

/** Evidence by the name of the field it is for, while a description is made. */
export type EvidenceList = Record<string, Evidence>;

/** Evidence that was read, or (`guessed`) follows from a name or a habit. */
export function evidenceOf(source: EvidenceSource, detail: string, guessed = false): Evidence {
  return { source, detail, guessed };
}
