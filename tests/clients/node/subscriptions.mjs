// Subscriptions by unmodified clients: each subscribes, a report goes in, each is told; argv: URL,
// token.
import assert from "node:assert/strict";
import { ApolloClient, InMemoryCache, gql } from "@apollo/client/core";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const DOCUMENT = `
  subscription Changes($input: MetricsInput!) {
    metricsChanged(input: $input) {
      reason
      snapshot
      periods { from until }
      metrics(first: 1) { totals { spend } meta { snapshot } }
    }
  }
`;
const variables = { input: { range: { last: { n: 28, unit: "DAY" } }, metrics: ["SPEND"] } };

const overWs = () =>
  createWsClient({
    url: `${url.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: authorization },
  });
const query = async (document) => {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ query: document }),
  });
  return (await answer.json()).data;
};

// Each begins a subscription with what takes its events and failures, and returns its end.
const clients = {
  "graphql-ws"({ next, error }) {
    const client = overWs();
    client.subscribe({ query: DOCUMENT, variables }, { next, error, complete() {} });
    return () => client.dispose();
  },

  "apollo client over graphql-ws"({ next, error }) {
    const link = new GraphQLWsLink(overWs());
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    const events = client.subscribe({ query: gql(DOCUMENT), variables });
    events.subscribe({ next: (event) => (event.error ? error(event.error) : next(event)), error });
    return () => client.stop();
  },

  "urql over graphql-ws"({ next }) {
    const ws = overWs();
    const forwardSubscription = ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: ws.subscribe({ query, variables }, sink) }),
    });
    const exchanges = [subscriptionExchange({ forwardSubscription })];
    const client = new Client({ url, exchanges });
    client.subscription(DOCUMENT, variables).subscribe(next);
    return () => ws.dispose();
  },

  "urql over an event stream"({ next }) {
    const client = new Client({
      url: `${url}/graphql`,
      exchanges: [fetchExchange],
      fetchSubscriptions: true,
      fetchOptions: { headers: { authorization } },
    });
    const { unsubscribe } = client.subscription(DOCUMENT, variables).subscribe(next);
    return unsubscribe;
  },

  "graphql-sse"({ next, error }) {
    const client = createSseClient({ url: `${url}/graphql`, headers: { authorization } });
    client.subscribe({ query: DOCUMENT, variables }, { next, error, complete() {} });
    return () => client.dispose();
  },
};

// A client's events one by one.
function listen(begin) {
  const [events, waiting] = [[], []];
  const next = (event) => (waiting.length ? waiting.shift().resolve(event) : events.push(event));
  const error = (failure) => waiting.shift()?.reject(failure);
  const end = begin({ next, error });
  const event = () =>
    events.length
      ? Promise.resolve(events.shift())
      : new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  return { event, end };
}

const told = ({ data, error }) => {
  assert.ok(data, String(error));
  return data.metricsChanged;
};
const listeners = Object.entries(clients).map(([name, begin]) => [name, listen(begin)]);
const before = new Map();
for (const [name, { event }] of listeners) {
  const first = told(await event());
  assert.equal(first.reason, "SUBSCRIBED", name);
  before.set(name, Number(first.metrics.totals[0].spend));
}

// Yesterday's spend of a campaign that is new.
const { brands } = await query("{ brands { slug } }");
const day = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10);
const { slug } = brands[0];
const ingest = `${url}/v1/ingest/delivery_daily?brand=${slug}&register=true&platform=TIKTOK&currency=USD`;
const sent = await fetch(ingest, {
  method: "POST",
  headers: { authorization, "content-type": "text/csv" },
  body: `date,campaign,impressions,spend\n${day},told-of,1000,12.5\n`,
});
assert.equal(sent.status, 200, await sent.text());

for (const [name, { event, end }] of listeners) {
  const change = told(await event());
  assert.equal(change.reason, "FACTS", name);
  assert.deepEqual(change.periods.map(({ from }) => from), [day], name);
  assert.equal(change.metrics.meta.snapshot, change.snapshot, name);
  assert.equal(Number(change.metrics.totals[0].spend).toFixed(2), (before.get(name) + 12.5).toFixed(2));
  end();
  console.log(`${name}: ok`);
}

// Over the same socket, a query runs and a wrong document is an error with its code.
const client = overWs();
const answers = client.iterate({ query: "{ viewer { role } }" });
assert.equal((await answers.next()).value.data.viewer.role, "ANALYST");
const wrong = client.iterate({ query: "subscription { nothing }" });
await assert.rejects(wrong.next(), ([error]) => error.extensions.code === "INVALID_INPUT");
client.dispose();

// A token that is not known closes the socket for good.
const stranger = createWsClient({
  url: `${url.replace("http", "ws")}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: "Bearer bw_unknown" },
  retryAttempts: 0,
});
await assert.rejects(stranger.iterate({ query: DOCUMENT, variables }).next(), { code: 4403 });
console.log("subscriptions: ok");
// Clients keep their sockets for further questions; this one has none.
process.exit(0);
