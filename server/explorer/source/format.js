// Formats JSON with comments by the parser that GraphiQL has anyway, in place of prettier's printer
// and parser of JavaScript. With the rest of the module as it was: this file stands in for
// `@graphiql/react`'s `utility/jsonc.js` when the bundle is made (see ../bundle.mjs).
import { applyEdits, format } from "jsonc-parser";

export { parseJSONC, tryParseJSONC } from "graphiql-jsonc-as-published";

export async function formatJSONC(content) {
  return applyEdits(content, format(content, undefined, { tabSize: 2, insertSpaces: true }));
}
