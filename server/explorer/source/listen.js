// Subscriptions over this server's WebSocket, for GraphiQL: the token goes in the first message.
import { createClient } from "graphql-ws";
import { getOperationAST, parse } from "graphql";

// Whether the operation that would run is a subscription; a document that can't be read is none.
export function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName || null)?.operation === "subscription";
  } catch {
    return false;
  }
}

// What GraphiQL shows of a failure: errors of the request as they are, the reason of a socket's end.
function failure(found) {
  return found instanceof CloseEvent
    ? new Error(`the connection ended with ${found.code}: ${found.reason || "no reason given"}`)
    : found;
}

export function listen(token, request, { next, error, complete }) {
  const address = new URL("graphql", globalThis.location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const client = createClient({
    url: address.href,
    connectionParams: { Authorization: `Bearer ${token}` },
  });
  const sink = { next, complete, error: (found) => error(failure(found)) };
  client.subscribe(request, sink);
  return { unsubscribe: () => client.dispose() };
}
