// Apollo Client, unmodified: queries with variables, its normalised cache, an error's code; argv:
// URL, token.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

const [url, token] = process.argv.slice(2);
const client = new ApolloClient({
  cache: new InMemoryCache({ possibleTypes: { Node: ["Batch", "Brand", "Campaign"] } }),
  link: new HttpLink({ uri: `${url}/graphql`, headers: { authorization: `Bearer ${token}` } }),
});

const METRICS = gql`
  query Metrics($input: MetricsInput!, $first: Int = 10) {
    metrics(input: $input, first: $first) {
      rows { platform impressions spend roi }
      totals { level spend roi }
    }
  }
`;
const input = { range: { last: { n: 28, unit: "DAY" } }, by: ["PLATFORM"], orderBy: [{ metric: "SPEND", direction: "DESC" }] };
const { data } = await client.query({ query: METRICS, variables: { input } });
assert.ok(data.metrics.rows.length > 1);
assert.equal(data.metrics.totals[0].level, "GRAND");

// A thing that was seen in a list is known by its id.
const { data: listed } = await client.query({ query: gql`{ brands { id slug name } }` });
const BRAND = gql`fragment Name on Brand { slug name }`;
const { __typename, id, slug } = listed.brands[0];
assert.equal(client.readFragment({ id: client.cache.identify({ __typename, id }), fragment: BRAND }).slug, slug);

const NODE = gql`query Node($id: ID!) { node(id: $id) { id ... on Brand { name } } }`;
const { data: found } = await client.query({ query: NODE, variables: { id } });
assert.equal(found.node.name, listed.brands[0].name);

const refused = client.query({ query: METRICS, variables: { input: { ...input, by: ["PLATFROM"] } } });
await assert.rejects(refused, (error) => {
  assert.ok(CombinedGraphQLErrors.is(error), error);
  assert.equal(error.errors[0].extensions.code, "INVALID_INPUT");
  return true;
});
// With persisted queries: the first request registers the document, the next only names it.
const sent = [];
const watched = (input, init) => {
  sent.push(JSON.parse(init.body));
  return fetch(input, init);
};
const http = new HttpLink({ uri: `${url}/graphql`, headers: { authorization: `Bearer ${token}` }, fetch: watched });
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const persisted = new ApolloClient({
  cache: new InMemoryCache(),
  link: new PersistedQueryLink({ sha256 }).concat(http),
});
for (const n of [1, 2]) {
  const asked = { query: METRICS, variables: { input }, fetchPolicy: "network-only" };
  assert.ok((await persisted.query(asked)).data.metrics.rows.length > 1, `time ${n}`);
}
assert.deepEqual(sent.map((request) => request.query !== undefined), [false, true, false]);
console.log("apollo client: ok");
client.stop();
persisted.stop();
