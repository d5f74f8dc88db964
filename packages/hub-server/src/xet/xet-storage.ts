import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { XetStore } from "./xet-store.ts";
import { createXorbUrls, type XorbUrls } from "./xorb-urls.ts";

/** How a Xet storage behaves. The values are read with every request, so that a test may change them. */
export interface XetBehaviour {
  /** The versions of reconstructions that it knows. Default both. */
  versions?: readonly (1 | 2)[];
  /** Whether answers for a part of a file cut terms to chunks. Default false: whole terms. */
  cutsTerms?: boolean;
  /** Whether only listed ranges may be asked for, and no parts of them. Default false. */
  exactRanges?: boolean;
  /** Seconds that a token, or the address of a xorb, is good for. Default 3600 each. */
  tokenSeconds?: number;
  urlSeconds?: number;
}

/** A Xet storage beside a Hub: the store, where it is reachable, its behaviour. */
export interface XetOptions {
  readonly store: XetStore;
  /** Where `casListener` and `xorbListener` are reachable, without a trailing slash. */
  readonly casUrl: string;
  readonly dataUrl: string;
  readonly behaviour?: XetBehaviour | undefined;
}

/** What the routes of a storage need. */
export interface XetStorage extends XetOptions {
  readonly behaviour: XetBehaviour;
  readonly urls: XorbUrls;
  /** A token for the storage, and when it ends, in ms since 1970. */
  issueToken(
    scope: "read" | "write",
    now: number,
  ): { readonly token: string; readonly exp: number };
  /** The scope of a good token. Undefined for any other. */
  scopeOf(token: string | undefined, now: number): "read" | "write" | undefined;
}

/** A storage with a key of its own for tokens and addresses. */
export function createXetStorage(options: XetOptions): XetStorage {
  const key = randomBytes(32);
  const behaviour = options.behaviour ?? {};
  const sign = (text: string): string => createHmac("sha256", key).update(text).digest("base64url");
  return {
    ...options,
    behaviour,
    urls: createXorbUrls(),
    issueToken(scope, now) {
      const exp = now + 1000 * (behaviour.tokenSeconds ?? 3600);
      const claims = Buffer.from(JSON.stringify({ scope, exp })).toString("base64url");
      return { token: `xet.${claims}.${sign(claims)}`, exp };
    },
    scopeOf(token, now) {
      const [, claims = "", signature = ""] = token?.split(".") ?? [];
      const [given, wanted] = [Buffer.from(signature), Buffer.from(sign(claims))];
      if (given.byteLength !== wanted.byteLength || !timingSafeEqual(given, wanted)) {
        return undefined;
      }
      const { scope, exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
        readonly scope: "read" | "write";
        readonly exp: number;
      };
      return now < exp ? scope : undefined;
    },
  };
}
