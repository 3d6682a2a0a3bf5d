// Does what the recipes for Power Query, Grafana and Google Sheets say, as far as it can be done
// without these programs. Arguments: the recipes' folder, URL, token.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";
import { DefaultSettings, TaskUtils } from "@microsoft/powerquery-parser";
import jsonata from "jsonata";

const [folder, url, token] = process.argv.slice(2);

// The one snippet of a language in a recipe.
function snippet(recipe, language) {
  const text = readFileSync(join(folder, recipe), "utf8");
  const found = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, it]) => it === language);
  assert.equal(found.length, 1, `${recipe} has one snippet of ${language}`);
  return found[0][2];
}

// One request, as a program that waits for its answer makes it.
function post(address, headers, body) {
  const lines = Object.entries(headers).map(([name, value]) => `header = "${name}: ${value}"\n`);
  const args = ["-s", "--config", "-", "--data-binary", body, address];
  return execFileSync("curl", args, { input: lines.join(""), encoding: "utf8" });
}

const bearer = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };

// A record or list of M that holds nothing but literals, as JSON: M's brackets are JSON's braces.
function literal(code) {
  const brackets = { "[": "{", "]": "}", "{": "[", "}": "]" };
  const texts = code.split(/("[^"]*")/);
  const json = texts.map((part, place) =>
    place % 2 ? part : part.replace(/[[\]{}]/g, (it) => brackets[it]).replace(/(\w+)\s*=/g, '"$1":'),
  );
  return JSON.parse(json.join(""));
}

const recipes = {
  async "Power Query: Microsoft's parser reads it, and its request is answered"() {
    const code = snippet("power_query.md", "powerquery");
    const task = await TaskUtils.tryLexParse(DefaultSettings, code);
    assert.ok(TaskUtils.isParseStageOk(task), task.error?.message);

    const question = literal(code.match(/Question = (\[.*?\n    \])/s)[1]);
    const query = code.match(/Query = "([^"]*)"/)[1];
    const { data, errors } = JSON.parse(
      post(`${url}/graphql`, bearer, JSON.stringify({ query, variables: { input: question, after: null } })),
    );
    assert.equal(errors, undefined, JSON.stringify(errors));
    const { table, pageInfo } = data.metrics;
    const types = Object.keys(literal(`[${code.match(/Types = \[(.*?)\]/s)[1].replace(/= [\w. ]+/g, "= 0")}]`));
    for (const { type } of table.columns) assert.ok(types.includes(type), type);
    assert.ok(table.rows.length > 50 && table.rows.every((row) => row.length === table.columns.length));
    assert.equal(pageInfo.hasNextPage, false);

    // What it does with a refusal.
    const refused = JSON.parse(post(`${url}/graphql`, { ...bearer, Authorization: "Bearer bw_x" }, '{"query": "{ x }"}'));
    assert.equal(refused.errors[0].extensions.code, "UNAUTHENTICATED");
    assert.equal(typeof refused.errors[0].message, "string");
  },

  async "Grafana: the request is answered, and every selector finds its values"() {
    const target = JSON.parse(snippet("grafana.md", "json"));
    const { body_graphql_query: query, body_graphql_variables: variables, method } = target.url_options;
    assert.equal(method, "POST");
    const day = (before) => new Date(Date.now() - before * 86_400_000).toISOString().slice(0, 10);
    const filled = variables.replace("${__from:date:YYYY-MM-DD}", day(90)).replace("${__to:date:YYYY-MM-DD}", day(0));
    const address = target.url.replace("http://127.0.0.1:7357", url);
    const answer = JSON.parse(post(address, bearer, JSON.stringify({ query, variables: JSON.parse(filled) })));
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    const rows = await jsonata(target.root_selector).evaluate(answer);
    assert.ok(rows.length > 20, `${rows.length} rows`);
    const is = {
      timestamp: (value) => !Number.isNaN(Date.parse(value)),
      string: (value) => typeof value === "string",
      number: (value) => typeof value === "number" || value === null,
    };
    for (const { selector, type } of target.columns) {
      const expression = jsonata(selector);
      for (const row of rows) {
        const value = await expression.evaluate(row);
        assert.ok(value !== undefined && is[type](value), `${selector}: ${JSON.stringify(row)}`);
      }
    }
  },

  async "Google Sheets: the script fills its sheet, with pages, and runs nothing that a name says"() {
    const script = snippet("spreadsheet.md", "javascript");
    const first = sheets(script);
    first.refresh();
    const [names, ...rows] = first.values();
    assert.deepEqual(names.slice(0, 3), ["campaign_id", "campaign_name", "period"]);
    assert.ok(rows.length > 50 && rows.every((row) => row.length === names.length));

    // In small pages it is the same.
    const second = sheets(script.replace("first: 2000", "first: 7"));
    second.refresh();
    assert.ok(JSON.stringify(second.values()) === JSON.stringify(first.values()), "pages differ");

    const cells = vm.runInContext('["=1+1", "+1", "-x", "@x", "a=b", -3, null].map(cell)', first.context);
    assert.deepEqual([...cells], ["'=1+1", "'+1", "'-x", "'@x", "a=b", -3, ""]);

    // A refusal leaves the sheet as it was.
    const refused = sheets(script.replace('"ROI"', '"NONE"'));
    assert.throws(() => refused.refresh(), /INVALID_INPUT.*NONE/);
    assert.equal(refused.values(), undefined);
  },
};

// The script with stand-ins for Google's services.
function sheets(script) {
  let values;
  const sheet = {
    clearContents: () => {},
    getRange: (row, column, rows, columns) => ({
      setValues: (given) => {
        assert.deepEqual([row, column, rows, columns], [1, 1, given.length, given[0].length]);
        values = JSON.parse(JSON.stringify(given));
      },
    }),
  };
  const properties = { BELLWETHER_URL: url, BELLWETHER_TOKEN: token };
  const context = vm.createContext({
    PropertiesService: { getScriptProperties: () => ({ getProperty: (name) => properties[name] }) },
    SpreadsheetApp: { getActiveSpreadsheet: () => ({ getSheetByName: () => null, insertSheet: () => sheet }) },
    UrlFetchApp: {
      fetch: (address, { method, contentType, headers, payload }) => {
        assert.equal(method, "post");
        const body = post(address, { ...headers, "Content-Type": contentType }, payload);
        return { getContentText: () => body };
      },
    },
  });
  vm.runInContext(script, context);
  return { context, refresh: () => vm.runInContext("refresh()", context), values: () => values };
}

for (const [name, recipe] of Object.entries(recipes)) {
  await recipe();
  console.log(`recipe for ${name}`);
}
