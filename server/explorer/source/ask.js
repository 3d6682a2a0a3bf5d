// One request to this server's GraphQL, as GraphiQL wants it: something to subscribe to, so that
// its stop button can end the request.
import { isSubscription, listen } from "./listen.js";

const HEADERS = {
  Accept: "application/graphql-response+json, application/json;q=0.9",
  "Content-Type": "application/json",
};

const NO_TOKEN = "no token yet: paste one into the box above";

// The answer's JSON. Fails when the server can't be reached or something else answers for it.
export async function send(token, request, signal) {
  if (!token) {
    throw new Error(NO_TOKEN);
  }
  const answer = await fetch("graphql", {
    method: "POST",
    headers: { ...HEADERS, Authorization: `Bearer ${token}` },
    body: JSON.stringify(request),
    // The token is all that the server looks at, and it goes nowhere but there.
    credentials: "omit",
    redirect: "error",
    cache: "no-store",
    signal,
  });
  const isJson = /\bjson\b/.test(answer.headers.get("content-type") ?? "");
  if (!isJson) {
    throw new Error(`the server answered ${answer.status} ${answer.statusText}`);
  }
  return answer.json();
}

export function ask(token, request) {
  return {
    subscribe({ next, error, complete }) {
      if (token && isSubscription(request)) {
        return listen(token, request, { next, error, complete });
      }
      const stop = new AbortController();
      send(token, request, stop.signal).then(
        (answer) => {
          next(answer);
          complete();
        },
        (failure) => stop.signal.aborted || error(failure),
      );
      return { unsubscribe: () => stop.abort() };
    },
  };
}
