// urql, unmodified: by POST and by GET, its document cache, an error's code; argv: URL, token.
import assert from "node:assert/strict";
import { Client, cacheExchange, fetchExchange, gql } from "@urql/core";

const [url, token] = process.argv.slice(2);
const client = (preferGetMethod) =>
  new Client({
    url: `${url}/graphql`,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    preferGetMethod,
  });

const METRICS = gql`
  query Metrics($input: MetricsInput!) {
    metrics(input: $input) { rows { brandName spend roas } totals { spend } }
  }
`;
const input = { range: { last: { n: 7, unit: "DAY" } }, by: ["BRAND"] };

const answers = [];
for (const method of [false, "within-url-limit"]) {
  const { data, error } = await client(method).query(METRICS, { input }).toPromise();
  assert.equal(error, undefined, String(error));
  assert.ok(data.metrics.rows.length > 1);
  answers.push(data);
}
assert.deepEqual(answers[0], answers[1]);

const cached = client(false);
await cached.query(METRICS, { input }).toPromise();
const again = await cached.query(METRICS, { input }).toPromise();
assert.equal(again.operation.context.meta.cacheOutcome, "hit");

const { error } = await client(false).query(METRICS, { input: { ...input, by: ["BRNAD"] } }).toPromise();
assert.equal(error.graphQLErrors[0].extensions.code, "INVALID_INPUT");
console.log("urql: ok");
