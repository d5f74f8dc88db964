import { ModelDownloadError } from "../contract/errors.ts";
import { isObject, stringField } from "../hub/json-value.ts";
import type { Hubs } from "../request/hubs.ts";
import { askedFields } from "./hub-facts.ts";

/** The Hub's facts about a repo beside its files. */
export interface RepoFacts {
  /** The Hub's own id of the repo, 24 hex digits. It stays when the repo is renamed. */
  readonly objectId: string | null;
  readonly gated: false | "auto" | "manual";
  /** As the model card names it: `apache-2.0`, `other` …. */
  readonly license: string | null;
}

/** Asks the Hubs for {@link RepoFacts}. One call. Undefined where none answers (mirrors). */
export async function readRepoFacts(
  hubs: Pick<Hubs, "ask">,
  repo: { readonly repoId: string; readonly commit: string },
): Promise<RepoFacts | undefined> {
  try {
    const { value } = await hubs.ask((client) =>
      askedFields(client, repo, ["cardData", "gated", "tags"]),
    );
    const { gated, cardData, tags } = value;
    const id = stringField(value, "_id");
    const tag = (Array.isArray(tags) ? tags : []).find(
      (one): one is string => typeof one === "string" && one.startsWith("license:"),
    );
    const license = stringField(isObject(cardData) ? cardData : {}, "license");
    return {
      objectId: id !== undefined && /^[0-9a-f]{24}$/.test(id) ? id : null,
      gated: gated === "auto" || gated === "manual" ? gated : false,
      license: printableText(license ?? tag?.slice("license:".length)),
    };
  } catch (error) {
    if (error instanceof ModelDownloadError) return undefined;
    throw error;
  }
}

/** A text of the Hub that goes into files of people: short, on one line. */
export function printableText(text: string | undefined): string | null {
  return text === undefined || text === "" || text.length > 100 || /\p{Cc}/u.test(text)
    ? null
    : text;
}
