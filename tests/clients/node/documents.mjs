// The documents of `../documents` and those of the README are valid for graphql-js, by the schema
// in the repository and by what the server tells of itself; the server answers each; argv: URL,
// token.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
  validateSchema,
} from "graphql";

const [url, token] = process.argv.slice(2);
const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

// The analyst asks, except for what only owners may.
const ownersOnly = /assignWorkflowRoles/;

const ask = async (query) => {
  const bearer = ownersOnly.test(query) ? process.env.BELLWETHER_OWNER_TOKEN : token;
  const reply = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ query }),
  });
  return reply.json();
};

const documents = readdirSync(new URL("../documents", import.meta.url))
  .map((name) => [name, read(`../documents/${name}`)])
  .concat(
    [...read("../../../README.md").matchAll(/```graphql\n([^]*?)```/g)].map(([, text], place) => [
      `README.md, block ${place + 1}`,
      text,
    ]),
  );

const inRepository = buildSchema(read("../../../schema/bellwether.graphql"));
const introspected = await ask(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }));
assert.equal(introspected.errors, undefined, JSON.stringify(introspected.errors));
const told = buildClientSchema(introspected.data);

assert.deepEqual(validateSchema(told), []);
const sorted = (schema) => printSchema(lexicographicSortSchema(schema));
assert.equal(sorted(told), sorted(inRepository), "introspection tells the schema in the repository");

const campaign = (await ask("{ campaigns(first: 1) { nodes { id } } }")).data.campaigns.nodes[0].id;

// The ids that a reader has to put in: a campaign, a brand, their own, and of the case begun last.
async function withIds(text) {
  const ids = {
    "cmp_01K…": async () => campaign,
    "brd_…": async () => (await ask("{ brands { id } }")).data.brands[0].id,
    "mem_…": async () => (await ask("{ viewer { member { id } } }")).data.viewer.member.id,
    "cse_…": async () => {
      const latest = "{ cases(orderBy: {by: BEGAN_AT, descending: true}, first: 1) { nodes { id } } }";
      return (await ask(latest)).data.cases.nodes[0].id;
    },
  };
  for (const [word, find] of Object.entries(ids)) {
    if (text.includes(word)) text = text.replaceAll(word, await find());
  }
  return text;
}

// What a subscription tells at once.
async function firstEvent(query) {
  const stop = new AbortController();
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ query }),
    signal: stop.signal,
  });
  let told = "";
  for await (const bytes of answer.body.pipeThrough(new TextDecoderStream())) {
    told += bytes;
    if (told.includes("\n\n")) break;
  }
  stop.abort();
  return JSON.parse(told.match(/^data: (.*)$/m)[1]);
}

for (const [name, text] of documents) {
  const document = parse(text);
  for (const schema of [inRepository, told]) {
    assert.deepEqual(validate(schema, document).map(String), [], name);
  }
  const asked = await withIds(text);
  const answer = await (/^subscription /m.test(text) ? firstEvent(asked) : ask(asked));
  assert.equal(answer.errors, undefined, `${name}: ${JSON.stringify(answer.errors)}`);
  for (const payload of Object.values(answer.data ?? {})) {
    assert.deepEqual(payload?.userErrors ?? [], [], name);
  }
}
console.log(`graphql-js: ${documents.length} documents are valid and answered`);
