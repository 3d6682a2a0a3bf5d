// A program as an application's developer would write it, over the generated client; argv: URL,
// token.
import assert from "node:assert/strict";
import { print, type DocumentNode } from "graphql";
import { getSdk, Platform } from "./generated/sdk.js";

const [url, token] = process.argv.slice(2);

const requester = async <R, V>(document: DocumentNode, variables?: V): Promise<R> => {
  const reply = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json",
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await reply.json()) as { data?: R; errors?: { message: string }[] };
  if (data === undefined || errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
};

const sdk = getSdk(requester);
const { brands, metrics } = await sdk.Overview();

// What these lines read has the types that the schema promises; `tsc` has checked them.
const impressions: number = metrics.rows[0]?.impressions ?? 0;
const spend: string | null | undefined = metrics.rows[0]?.spend;
const platforms: Platform[] = brands.flatMap((brand) => brand.campaigns.nodes.map((node) => node.platform));
assert.ok(Number.isInteger(impressions) && impressions > 0);
assert.match(spend ?? "", /^\d+(\.\d+)?$/);
assert.ok(platforms.every((platform) => Object.values(Platform).includes(platform)));

const { metrics: table } = await sdk.Table({ days: 28 });
assert.deepEqual(table.table.columns.map((column) => column.name), ["period", "platform", "spend", "roas"]);
// A table's rows are `JSON`, whose shape only `columns` tells.
const rows = table.table.rows as unknown[][];
console.log(`typed client: ok (${metrics.rows.length} brands, ${rows.length} rows of a table)`);
