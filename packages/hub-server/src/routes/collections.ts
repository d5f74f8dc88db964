import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { page } from "../http/paging.ts";
import { Refusal } from "../http/refusal.ts";
import { readModelCard } from "../store/model-card.ts";
import type { HubCollection, HubUser } from "../store/repo-store.ts";
import { canSee, identify } from "./access.ts";
import { objectId } from "./repo-fields.ts";

const LISTED_ITEMS = 4;
const DATE = "2026-01-02T03:04:05.000Z";

/** `GET /api/collections`: owner, item (`models/org/name`), q, limit and cursor. Each lists at most four items. */
export async function collectionList(c: HubContext): Promise<Response> {
  const user = await identify(c);
  const owner = c.req.query("owner");
  const query = c.req.query("q")?.toLowerCase() ?? "";
  const items = (c.req.queries("item") ?? []).map((item) => item.replace(/^models\//, ""));
  const all = await c.env.config.store.collections();
  const found = all.filter(
    (collection) =>
      visible(collection, user) &&
      (owner === undefined || ownerOf(collection) === owner) &&
      collection.title.toLowerCase().includes(query) &&
      items.every((repoId) => collection.items.some((item) => item.repoId === repoId)),
  );
  const part = page(c, found, { defaultLimit: 100, maxLimit: 100 });
  const answers = [];
  for (const collection of part.items) {
    answers.push(await collectionAnswer(c, collection, { user, maxItems: LISTED_ITEMS }));
  }
  return jsonAnswer(answers, { headers: part.headers });
}

/** `GET /api/collections/{owner}/{slug}`. Only here is there a `position`: Python fails on one in the list. */
export async function collectionInfo(c: HubContext): Promise<Response> {
  const user = await identify(c);
  const slug = `${c.req.param("owner")}/${c.req.param("slug")}`;
  const found = (await c.env.config.store.collections()).find((one) => one.slug === slug);
  if (!found || !visible(found, user)) throw new Refusal("Collection not found", 404);
  return jsonAnswer({
    ...(await collectionAnswer(c, found, { user, maxItems: Number.POSITIVE_INFINITY })),
    position: 0,
  });
}

async function collectionAnswer(
  c: HubContext,
  collection: HubCollection,
  { user, maxItems }: { user: HubUser | undefined; maxItems: number },
): Promise<Record<string, unknown>> {
  const items = [];
  for (const [position, { repoId, note }] of collection.items.entries()) {
    if (items.length >= maxItems) break;
    const repo = await c.env.config.store.find(repoId);
    if (!repo || !canSee(repo, user)) continue;
    const { downloads, likes, lastModified, gated, private: isPrivate } = repo.settings;
    items.push({
      _id: objectId(`${collection.slug} ${repoId}`),
      type: "model",
      repoType: "model",
      id: repoId,
      position,
      ...(note === undefined ? {} : { note: { text: note, html: `<p>${escapeHtml(note)}</p>` } }),
      author: repoId.split("/")[0],
      downloads,
      likes,
      lastModified,
      gated,
      private: isPrivate,
      pipeline_tag: (await readModelCard(repo)).pipelineTag,
      isLikedByUser: false,
      availableInferenceProviders: [],
      widgetOutputUrls: [],
    });
  }
  const owner = ownerOf(collection);
  return {
    slug: collection.slug,
    title: collection.title,
    description: collection.description ?? "",
    lastUpdated: collection.lastUpdated ?? DATE,
    gating: false,
    private: collection.private ?? false,
    theme: "blue",
    upvotes: collection.upvotes ?? 0,
    isUpvotedByUser: false,
    owner: {
      _id: objectId(owner),
      type: "user",
      name: owner,
      fullname: owner,
      avatarUrl: "/avatars/x.svg",
      isPro: false,
      isHf: false,
      isHfAdmin: false,
      isMod: false,
      followerCount: 1,
    },
    items,
  };
}

function visible(collection: HubCollection, user: HubUser | undefined): boolean {
  const owner = ownerOf(collection);
  return (
    collection.private !== true || user?.name === owner || user?.orgs?.includes(owner) === true
  );
}

function ownerOf({ slug }: HubCollection): string {
  return slug.split("/")[0] ?? "";
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
