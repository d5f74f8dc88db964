import { type Decision, publishDecision } from "../../contract/decision.ts";
import { ModelDownloadError } from "../../contract/errors.ts";
import type { DownloadEventBody } from "../../contract/events.ts";
import { createDeliveries, type DeliveredPart } from "./deliveries.ts";
import type { ByteRange } from "../disk/ranges.ts";
import type { SourceBytes } from "../../contract/result.ts";
import { type BlobRequest, SegmentError, type Source, type SourceIo } from "./source.ts";
import {
  chooseSource,
  forgive,
  freshHealth,
  noteFailure,
  noteSpeed,
  type SourceHealth,
} from "./source-health.ts";

/** The source to ask: any, any other than those that brought these bytes before, or the one of this name. */
export type Opinion = "any" | "another" | { readonly from: string };

/** Several sources of the same blobs as one: it knows which sources are quick and well, and which one brought which bytes. */
export interface SourceSet extends Source {
  /** The names of the sources that can be asked for a blob now. */
  namesFor(blob: BlobRequest): readonly string[];
  /**
   * Like `Source.read`, but continues with another source where one fails. When a source can give the requested
   * opinion, no other is asked: the read fails with that source.
   */
  read(
    blob: BlobRequest,
    range: ByteRange,
    io: SourceIo & { readonly opinion?: Opinion | undefined },
  ): Promise<void>;
  /** A range in parts that were each brought by the same sources: who could give another opinion on them. */
  parts(blob: BlobRequest, range: ByteRange): readonly DeliveredPart[];
  /** Adds a source that was found later, or gives one of this name that had failed a fresh start. */
  join(source: Source): void;
  /** Body bytes by source, of those that brought any. Empty where there was only one to ask. */
  taken(): readonly SourceBytes[];
  /** The digest is right now. Sources that brought other bytes for `replaced` are not asked any more. */
  settle(blob: BlobRequest, replaced: readonly ByteRange[]): void;
}

interface Member {
  readonly source: Source;
  readonly health: SourceHealth;
  /** Its answers about blobs that it lacks or may not give, by path. */
  readonly refused: Map<string, unknown>;
}

/**
 * Makes one source of several. With `mayGrow` others may join, so that it is remembered from the start which source brought
 * which bytes. Where the first one listed the files (`isListed`, default), its answer that a file does not exist is final.
 * Throws the error of the last source asked. A failure that may heal takes precedence over one that will not.
 */
export function createSourceSet(
  sources: readonly [Source, ...Source[]],
  emit: (event: DownloadEventBody) => void,
  {
    isListed = true,
    mayGrow = false,
  }: { readonly isListed?: boolean; readonly mayGrow?: boolean } = {},
): SourceSet {
  const memberOf = (source: Source): Member => ({
    source,
    health: freshHealth(),
    refused: new Map(),
  });
  const members = sources.map(memberOf);
  const brought = new Map<string, number>();
  const deliveries = createDeliveries();

  /** Those that have the blob, as far as is known now. */
  const ableTo = (blob: BlobRequest): readonly Member[] => {
    const has = members.filter(({ source }) => source.offers?.(blob) !== false);
    const well = has.filter(({ refused }) => !refused.has(blob.path));
    // A source that only sends whole files is better than none: it skips to the range from now on.
    return well.length > 0
      ? well
      : has.filter(({ refused }) => refused.get(blob.path) instanceof SegmentError);
  };
  const choose = (
    blob: BlobRequest,
    range: ByteRange,
    asked: { readonly tried: ReadonlySet<Member>; readonly opinion: Opinion },
  ): Member | undefined => {
    const able = ableTo(blob);
    const wanted = able.filter(follows(blob, range, asked.opinion));
    const from = (wanted.length > 0 ? wanted : able).filter((one) => !asked.tried.has(one));
    const index = chooseSource(
      from.map(({ health }) => health),
      performance.now(),
    );
    const chosen = index === undefined ? undefined : from[index];
    publishDecision(() => sourceChosen(blob, range, { members, chosen }));
    return chosen;
  };
  /** Which members an opinion means. */
  const follows = (
    blob: BlobRequest,
    range: ByteRange,
    opinion: Opinion,
  ): ((member: Member) => boolean) => {
    if (opinion === "any") return () => true;
    if (opinion !== "another") return (member) => member.source.name === opinion.from;
    const before = deliveries.sourcesOf(blob.path, range);
    return (member) => !before.has(member.source.name) && !member.health.lied;
  };

  const attempt = async (
    { source, health }: Member,
    { blob, range }: { readonly blob: BlobRequest; readonly range: ByteRange },
    io: SourceIo,
  ): Promise<{ readonly delivered: number; readonly failed?: { readonly error: unknown } }> => {
    const { sink } = io;
    const began = performance.now();
    let delivered = 0;
    const counting = {
      space: () => sink.space(),
      filled(bytes: number) {
        delivered += bytes;
        return sink.filled(bytes);
      },
    };
    health.active += 1;
    try {
      await source.read(blob, range, { ...io, sink: counting });
      return { delivered };
    } catch (error) {
      return { delivered, failed: { error } };
    } finally {
      const now = performance.now();
      health.active -= 1;
      noteSpeed(health, { bytes: delivered, ms: now - began, now });
      const got = { start: range.start, end: range.start + delivered };
      deliveries.add(blob.path, got, source.name);
      if (delivered > 0) brought.set(source.name, (brought.get(source.name) ?? 0) + delivered);
    }
  };
  /** Records a failure of its source. False when no other source needs to be asked. */
  const goOn = (member: Member, blob: BlobRequest, error: unknown): boolean => {
    if (error instanceof SegmentError && error.failure !== "ranges-ignored") {
      const { retryAfterMs } = error;
      noteFailure(member.health, { now: performance.now(), retryAfterMs });
      return true;
    }
    const refused =
      error instanceof SegmentError ||
      (error instanceof ModelDownloadError && error.code.startsWith("hub/"));
    if (!refused) return false;
    const isFinal = isListed && member === members[0];
    if (isFinal && (error as Partial<ModelDownloadError>).code === NOT_THERE) return false;
    member.refused.set(blob.path, error);
    return true;
  };

  const read: SourceSet["read"] = async (blob, { start, end }, { opinion = "any", ...io }) => {
    const tried = new Set<Member>();
    let mayHeal: unknown;
    for (let from = start, member = choose(blob, { start, end }, { tried, opinion }); ;) {
      if (member === undefined) throw members[0]?.refused.get(blob.path) ?? nobody(blob);
      const { delivered, failed } = await attempt(
        member,
        { blob, range: { start: from, end } },
        io,
      );
      if (failed === undefined) return;
      const { error } = failed;
      from += delivered;
      if (io.signal.aborted) {
        // Ended because it held the others up, not because another read took over.
        if (error instanceof SegmentError) goOn(member, blob, error);
        throw error;
      }
      if (!goOn(member, blob, error)) throw error;
      if (error instanceof SegmentError && error.failure !== "ranges-ignored") mayHeal ??= error;
      tried.add(member);
      const next = choose(blob, { start: from, end }, { tried, opinion });
      if (next === undefined || next.health.restingUntil > performance.now()) {
        throw mayHeal ?? members[0]?.refused.get(blob.path) ?? error;
      }
      tellSwitch(blob, { from: member, to: next, error });
      member = next;
    }
  };

  const tellSwitch = (
    { path }: BlobRequest,
    change: { readonly from: Member; readonly to: Member; readonly error: unknown },
  ): void => {
    const { error } = change;
    const cause: unknown = error instanceof SegmentError ? (error.cause ?? error) : error;
    const code = cause instanceof ModelDownloadError ? cause.code : "transfer/interrupted";
    const [from, to] = [change.from.source.name, change.to.source.name];
    const message = `${path} goes on from ${to}: ${error instanceof Error ? error.message : from}`;
    emit({ type: "source-switched", path, from, to, code, message });
  };

  return {
    get name() {
      return members.map(({ source }) => source.name).join(", ");
    },
    namesFor: (blob) => ableTo(blob).map(({ source }) => source.name),
    read:
      members.length === 1 && !mayGrow
        ? (blob, range, io) => sources[0].read(blob, range, io)
        : read,
    join(source) {
      const known = members.find((one) => one.source.name === source.name);
      if (known === undefined) members.push(memberOf(source));
      else forgive(known.health);
    },
    taken: () => [...brought].map(([name, bytes]) => ({ name, bytes })),
    parts: ({ path }, range) => deliveries.parts(path, range),
    settle({ path }, replaced) {
      for (const { source, health } of members) {
        if (health.lied || !deliveries.replaced(path, replaced).has(source.name)) continue;
        health.lied = true;
        const honest = members.find((one) => !one.health.lied);
        emit({
          type: "source-switched",
          path,
          from: source.name,
          to: honest?.source.name ?? null,
          code: "transfer/checksum-mismatch",
          message: `${source.name} sent wrong bytes of ${path} and is not asked any more`,
        });
      }
    },
  };
}

function sourceChosen(
  { path }: BlobRequest,
  { start, end }: ByteRange,
  { members, chosen }: { readonly members: readonly Member[]; readonly chosen: Member | undefined },
): Decision {
  const now = performance.now();
  const sources = members.map(({ source, health, refused }) => ({
    name: source.name,
    bytesPerSecond: health.speed === undefined ? null : Math.round(health.speed * 1000),
    active: health.active,
    failures: health.failures,
    restsMs: Math.max(0, Math.round(health.restingUntil - now)),
    lied: health.lied,
    lacksFile: refused.has(path),
  }));
  return { type: "source", path, start, end, chosen: chosen?.source.name ?? null, sources };
}

const NOT_THERE = "hub/entry-not-found";

function nobody({ path }: BlobRequest): ModelDownloadError {
  return new ModelDownloadError(`no source has ${path}`, "transfer/interrupted", {
    hint: "Run the same command again later, or name another endpoint.",
  });
}
