// Every audit of GraphQL over HTTP in the package `graphql-http`, SHOULD and MAY included, as an
// authenticated client sees the server; argv: URL, token.
import { auditServer } from "graphql-http";

const [url, token] = process.argv.slice(2);
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

// The package of the pinned version has so many; fewer would mean that some did not run.
const AUDITS = 61;

const results = await auditServer({ url: `${url}/graphql`, fetchFn });
for (const result of results.filter((result) => result.status !== "ok")) {
  const answer = result.response;
  console.error(`${result.status} ${result.id}: ${result.name}\n  ${result.reason}`);
  if (answer) console.error(`  ${answer.status} ${answer.headers.get("content-type")}`);
}
const passed = results.filter((result) => result.status === "ok").length;
console.log(`graphql-http audits: ${passed} of ${results.length}`);
process.exitCode = passed === AUDITS && results.length === AUDITS ? 0 : 1;
