// Makes the explorer's bundle from `source/` and the packages of package-lock.json; run by `renew`
// with the folder to write to. The same sources and packages give the same bytes, before they are
// packed.
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const out = process.argv[2];
const source = (name) => resolve("source", name);
const packaged = (path) => resolve("node_modules", path);

const JSONC = packaged("@graphiql/react/dist/utility/jsonc.js");
const MIT = readFileSync(packaged("graphiql/LICENSE"), "utf8").split("\n").slice(4).join("\n").trim();
const LICENCES = ["MIT", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Apache-2.0"];

// Leaves out what this page has no use for; each stand-in says what it is for.
const smaller = {
  name: "smaller",
  setup(made) {
    made.onResolve({ filter: /monaco-editor(\.js)?$/ }, ({ path, importer }) =>
      path.includes("monaco-graphql/esm/") || importer.includes("/monaco-graphql/")
        ? { path: source("editor.js") }
        : undefined,
    );
    made.onResolve({ filter: /\/jsonc\.js$/ }, () => ({ path: source("format.js") }));
    made.onResolve({ filter: /^graphiql-jsonc-as-published$/ }, () => ({ path: JSONC }));
    // GraphiQL's fonts are half of all its styles; the page takes the machine's.
    made.onLoad({ filter: /graphiql\/dist\/style\.css$/ }, ({ path }) => ({
      loader: "css",
      contents: readFileSync(path, "utf8").replace(/@font-face\s*\{[^}]*\}/g, ""),
    }));
  },
};

const made = await build({
  entryPoints: { explorer: source("explorer.jsx"), worker: source("worker.js") },
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".ttf": "file" },
  assetNames: "[name]",
  // They are in `licences.txt`, whole.
  legalComments: "none",
  metafile: true,
  write: false,
  outdir: "made",
  plugins: [smaller],
});

// The name, version, licence and notices of every package of which a byte is in the bundle.
function licences() {
  const outputs = Object.values(made.metafile.outputs);
  const inputs = outputs.flatMap(({ inputs }) => Object.keys(inputs));
  // Up to the innermost package, where one brings another along.
  const folders = inputs.map((input) => input.match(/.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  const texts = new Set(folders.filter(Boolean).sort().map(licence));
  const opening =
    "The explorer's page is made of Bellwether's own sources (server/explorer/source) and of these packages.\n";
  return opening + [...texts].join("");
}

function licence(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json")));
  if (!LICENCES.includes(license)) throw new Error(`${name}: look at its licence, ${license}`);
  const notices = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|thirdpartynotices)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (notices.length === 0) notices.push(unwritten(name, license, author));
  return `\n${"=".repeat(78)}\n${name} ${version} (${license})\n\n${notices.join("\n\n")}\n`;
}

// What a package that names its licence but brings no text of it stands under.
function unwritten(name, license, author) {
  if (license !== "MIT") throw new Error(`${name}: it has no text of its licence, ${license}`);
  const by = typeof author === "string" ? author : (author?.name ?? `the authors of ${name}`);
  return `Copyright (c) ${by}\n\n${MIT}`;
}

if (!existsSync(out)) mkdirSync(out, { recursive: true });
const keep = (name, bytes) => {
  const kept = gzipSync(bytes, { level: 9 });
  writeFileSync(join(out, `${name}.gz`), kept);
  console.log(`${name}: ${bytes.length} bytes, ${kept.length} compressed`);
};
for (const { path, contents } of made.outputFiles) keep(path.split("/").at(-1), contents);
keep("licences.txt", Buffer.from(licences()));
