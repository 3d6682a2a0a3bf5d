// The page: GraphiQL, a box for the token, and sample queries. Speaks to its own server only.
import { useGraphiQL } from "@graphiql/react";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";

import { ask } from "./ask.js";
import { samplesPlugin } from "./samples.jsx";
import { TokenBar } from "./token_bar.jsx";
import * as token_storage from "./token_storage.js";
import "./page.css";

// Monaco's workers come from this server too, as one file that looks at its name.
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker("explorer/worker.js", { name: label }),
};

// The part of the width that the panel at the side begins with, in GraphiQL's own storage.
const PANEL_KEY = "graphiql:docExplorerFlex";
const PANEL_WIDTH = "0.25";

// What stands over the answers: nothing but a link. Being inside of GraphiQL it also has the query's
// long lines, such as the samples' comments, wrapped.
function Corner() {
  const editor = useGraphiQL((state) => state.queryEditor);
  useEffect(() => editor?.updateOptions({ wordWrap: "on" }), [editor]);
  return (
    <a className="bellwether-link" href="schema.graphql" target="_blank" rel="noreferrer">
      schema.graphql
    </a>
  );
}

function Explorer({ samples }) {
  const [token, setToken] = useState(token_storage.read);
  const fetcher = useMemo(() => (request) => ask(token, request), [token]);
  const plugins = useMemo(() => [samplesPlugin(samples), HISTORY_PLUGIN], [samples]);
  const keep = (given) => {
    const kept = token_storage.keep(given);
    setToken(kept);
    return kept;
  };
  return (
    <>
      <TokenBar token={token} keep={keep} />
      <GraphiQL
        // Without a token the schema can't be asked for: null says that it isn't to be.
        schema={token ? undefined : null}
        fetcher={fetcher}
        plugins={plugins}
        visiblePlugin={plugins[0]}
        defaultQuery={samples[0]}
        // The box above is the one place for the token; headers would be kept with the queries.
        isHeadersEditorEnabled={false}
        shouldPersistHeaders={false}
      >
        <GraphiQL.Logo>
          <Corner />
        </GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

async function start() {
  const answer = await fetch("explorer/samples.json");
  const samples = await answer.json();
  localStorage.getItem(PANEL_KEY) ?? localStorage.setItem(PANEL_KEY, PANEL_WIDTH);
  createRoot(document.getElementById("explorer")).render(<Explorer samples={samples} />);
}

start();
