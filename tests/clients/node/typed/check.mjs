// graphql-codegen makes a typed client from the schema and `../../documents`, `tsc` compiles it
// with a program that uses it, and the program runs; argv: URL, token.
import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import * as sdk from "@graphql-codegen/typescript-generic-sdk";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parse } from "graphql";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = (args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", cwd: at(".") });
  if (status !== 0) process.exit(1);
};

// How each scalar looks in JSON. `strictScalars` refuses one that isn't named here.
const SCALARS = {
  Count: "number",
  Date: "string",
  DateTime: "string",
  Decimal: "string",
  // A router's keys; applications don't meet them.
  _Any: "unknown",
  JSON: "unknown",
};

const documents = readdirSync(at("../../documents")).map((name) => {
  const location = at(`../../documents/${name}`);
  return { location, document: parse(readFileSync(location, "utf8")) };
});
const config = { strictScalars: true, scalars: SCALARS, documentMode: "documentNode", useTypeImports: true };
const code = await codegen({
  filename: "sdk.ts",
  schema: parse(readFileSync(at("../../../../schema/bellwether.graphql"), "utf8")),
  documents,
  config,
  plugins: [{ typescript: {} }, { operations: {} }, { sdk: {} }],
  pluginMap: { typescript, operations, sdk },
});
mkdirSync(at("generated"), { recursive: true });
writeFileSync(at("generated/sdk.ts"), code);

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
run([tsc, "--project", at("tsconfig.json")]);
run([at("generated/out/client.js"), ...process.argv.slice(2)]);
