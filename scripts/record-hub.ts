// npm run record-hub: asks a Hub what matters to clients and writes its answers, generalized, as a recording. It needs a
// network, and for two of the questions HF_TOKEN. docs/concepts/the-hub.md says when it is run and what its files mean.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { askHub } from "./hub-recording/ask-hub.ts";
import { differences } from "./hub-recording/compare.ts";
import { QUESTIONS } from "./hub-recording/questions.ts";
import { readRecording, type RecordedAnswer } from "./hub-recording/recording.ts";

const RECORDINGS = fileURLToPath(new URL("hub-recording/recordings/", import.meta.url));
/** Well below the quota of the anonymous, and no burst. */
const PAUSE_MS = 250;

const { values } = parseArgs({
  options: {
    endpoint: { type: "string", default: "https://huggingface.co" },
    out: { type: "string" },
    pause: { type: "string", default: String(PAUSE_MS) },
  },
});
const endpoint = values.endpoint.replace(/\/+$/, "");
const today = new Date().toISOString().slice(0, 10);
const out = resolve(values.out ?? join(RECORDINGS, `${today}.json`));
const token = process.env["HF_TOKEN"]?.trim() || undefined;
const source = new URL(endpoint).hostname;

const answers: RecordedAnswer[] = [];
let failed = 0;
for (const question of QUESTIONS) {
  if (question.as === "own token" && token === undefined) {
    console.log(`not asked  ${question.id} (HF_TOKEN is not set)`);
    continue;
  }
  try {
    const answer = await askHub(question, { endpoint, token, source, today });
    answers.push(answer);
    console.log(`${answer.status}        ${question.id}`);
    if (answer.status === 429) break;
  } catch (error) {
    failed += 1;
    console.log(
      `no answer  ${question.id}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  await sleep(Number(values.pause));
}

let different = 0;
for (const recorded of await knownAnswers()) {
  const answer = answers.find(({ question }) => question === recorded.question);
  for (const difference of answer ? differences(recorded, answer) : []) {
    different += 1;
    console.log(`\n${recorded.question} (${recorded.seenOn}, ${recorded.source})\n  ${difference}`);
  }
}

const about = `Answers of ${source}, written by npm run record-hub on ${today}.`;
await mkdir(dirname(out), { recursive: true });
await writeFile(out, `${JSON.stringify({ schema: 1, about, answers }, null, 2)}\n`);
console.log(`\n${answers.length} answers, ${different} differences from what is known, in ${out}`);
if (failed > 0 || answers.some(({ status }) => status === 429)) process.exitCode = 1;

/** What the recordings in the repo say. */
async function knownAnswers(): Promise<readonly RecordedAnswer[]> {
  const names = (await readdir(RECORDINGS)).filter((name) => name.endsWith(".json"));
  const files = names.map((name) => join(RECORDINGS, name)).filter((path) => path !== out);
  const known = await Promise.all(files.map(readRecording));
  return known.flatMap((recording) => recording.answers);
}
