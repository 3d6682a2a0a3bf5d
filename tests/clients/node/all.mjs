// Every check in turn, each a process of its own; argv: URL, token.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CHECKS = ["audit.mjs", "documents.mjs", "typed/check.mjs", "apollo.mjs", "urql.mjs", "subscriptions.mjs"];

for (const check of CHECKS) {
  const path = fileURLToPath(new URL(check, import.meta.url));
  const { status } = spawnSync(process.execPath, [path, ...process.argv.slice(2)], { stdio: "inherit" });
  if (status !== 0) {
    console.error(`error: ${check} failed`);
    process.exit(1);
  }
}
