// The three workers of the editors as one file; the page says by the worker's name which it is.
import { initialize } from "monaco-editor/esm/vs/editor/editor.worker.js";
import { GraphQLWorker } from "monaco-graphql/esm/GraphQLWorker.js";
import "monaco-editor/esm/vs/language/json/json.worker.js";

const json = globalThis.onmessage;
const answers = {
  json,
  graphql: () => initialize((context, data) => new GraphQLWorker(context, data)),
};

// Without a name of its own it is the editor's, which needs no module.
globalThis.onmessage = answers[globalThis.name] ?? (() => initialize(null));
