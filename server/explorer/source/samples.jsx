// The panel of sample queries. A sample is a document whose first comment line is its title and
// whose other comment lines say what it is for.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { parse } from "graphql";

function Icon() {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round">
      <path d="M2.5 3.5h11M2.5 8h11M2.5 12.5h7" />
    </svg>
  );
}

// The title and the sentences of a sample's opening comment, up to its first indented line.
function introduction(document) {
  const lines = document.split("\n");
  const comment = lines.slice(0, lines.findIndex((line) => !line.startsWith("#")));
  const [title, , ...about] = comment.map((line) => line.replace(/^# ?/, ""));
  const end = about.findIndex((line) => line.startsWith("  "));
  const sentences = (end < 0 ? about : about.slice(0, end)).join(" ");
  return { title, about: sentences.replaceAll("`", "").replace(/:$/, ".") };
}

function Samples({ samples }) {
  const { addTab, changeTab, setOperationFacts } = useGraphiQLActions();
  const editor = useGraphiQL((state) => state.queryEditor);
  const tabs = useGraphiQL((state) => state.tabs);
  const open = (document) => {
    const place = tabs.findIndex((tab) => tab.query === document);
    if (place >= 0) {
      changeTab(place);
    } else {
      addTab();
      editor?.setValue(document);
    }
    // GraphiQL learns of the operation a little later by itself, too late for a quick Ctrl-Enter.
    const documentAST = parse(document);
    const operations = documentAST.definitions;
    setOperationFacts({ documentAST, operations, operationName: operations[0].name.value });
    editor?.focus();
  };
  return (
    <section aria-label="Samples" className="bellwether-samples">
      <div className="graphiql-doc-explorer-title">Samples</div>
      <p>Each opens in a tab of its own; Ctrl-Enter runs it.</p>
      {samples.map((document) => {
        const { title, about } = introduction(document);
        return (
          <button type="button" key={title} onClick={() => open(document)}>
            <b>{title}</b>
            <span>{about}</span>
          </button>
        );
      })}
    </section>
  );
}

export function samplesPlugin(samples) {
  return { title: "Samples", icon: Icon, content: () => <Samples samples={samples} /> };
}
