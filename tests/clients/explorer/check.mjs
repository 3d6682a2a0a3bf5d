// Uses the explorer as a person would. Arguments: the browser, the folder for screenshots, the
// demonstration's address, and the token of its first agency's analyst.
import assert from "node:assert/strict";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const [executablePath, shots, url, analyst] = process.argv.slice(2);

const browser = await puppeteer.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    // Nothing but this machine can be found: what asks for another host fails, and is seen to.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
  defaultViewport: { width: 1440, height: 900 },
});

// A tab that records what it asks for and what goes wrong in it, its workers included.
async function opened(person, { dark } = {}) {
  const page = await person.newPage();
  const value = dark ? "dark" : "light";
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
  const seen = { requests: [], problems: [], answered: [] };
  page.on("request", (request) => seen.requests.push(request));
  page.on("requestfailed", (request) =>
    seen.problems.push(`${request.url()}: ${request.failure()?.errorText}`),
  );
  page.on("response", (response) => seen.answered.push([response.status(), response.url()]));
  page.on("pageerror", (error) => seen.problems.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) seen.problems.push(message.text());
  });
  page.on("workercreated", (worker) =>
    worker.on?.("error", (error) => seen.problems.push(String(error))),
  );
  await page.evaluateOnNewDocument(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI}`),
    );
  });
  await page.goto(`${url}/explorer`, { waitUntil: "networkidle0" });
  await page.waitForSelector(".graphiql-query-editor .view-lines");
  return { page, seen };
}

// A report of yesterday, as anybody's machine sends one.
async function ingest(campaign) {
  const authorization = `Bearer ${analyst}`;
  const headers = { authorization, "content-type": "application/json" };
  const body = JSON.stringify({ query: "{ brands { slug } }" });
  const asked = await fetch(`${url}/graphql`, { method: "POST", headers, body });
  const { slug } = (await asked.json()).data.brands[0];
  const day = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10);
  const answer = await fetch(
    `${url}/v1/ingest/delivery_daily?brand=${slug}&register=true&platform=TIKTOK`,
    {
      method: "POST",
      headers: { authorization, "content-type": "text/csv" },
      body: `date,campaign,impressions,spend\n${day},${campaign},1000,12.5\n`,
    },
  );
  assert.equal(answer.status, 200, await answer.text());
}

const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`) });
const text = (page, selector) => page.$eval(selector, (element) => element.textContent);
const press = (page, label) => page.locator(`::-p-aria([name="${label}"][role="button"])`).click();
const flat = (shown) => shown.replaceAll("\u00a0", " ");

async function shows(page, selector, expected) {
  const found = (selector, expected) =>
    document.querySelector(selector)?.textContent.replaceAll("\u00a0", " ").includes(expected);
  await page.waitForFunction(found, { timeout: 20_000 }, selector, expected).catch(async () => {
    const shown = await text(page, selector).catch(() => "nothing");
    await shot(page, "failed");
    throw new Error(`\`${selector}\` does not show \`${expected}\` but: ${flat(shown)}`);
  });
}

function assertQuiet({ requests, problems, answered }) {
  const outside = requests.map((request) => request.url()).filter((asked) => {
    const { protocol, origin } = new URL(asked);
    return !["data:", "blob:"].includes(protocol) && origin !== url;
  });
  assert.deepEqual(outside, [], "a request left for another host");
  assert.deepEqual(answered.filter(([status]) => status >= 400), [], "a file or a request is refused");
  assert.deepEqual(problems, [], "the console shows errors");
}

const steps = {
  async "without a token it opens, asks for nothing and says what is missing"(person) {
    const { page, seen } = await opened(person);
    await shows(page, ".bellwether-bar output", "Without a token nothing can be asked.");
    await shows(page, ".graphiql-query-editor", "Keep, fix, move or cancel");
    await press(page, "Execute query (Ctrl-Enter)");
    await shows(page, ".result-window", "no token yet");
    await shot(page, "without-token");
    const asked = seen.requests.filter((request) => request.method() !== "GET");
    assert.deepEqual(asked, []);
    assertQuiet(seen);
  },

  async "with a token the first sample shows rows, and nothing leaves for another host"(person) {
    const { page, seen } = await opened(person);
    await page.type("#token", `Bearer ${analyst} `);
    await press(page, "Use");
    await shows(page, ".bellwether-bar output", "analyst of Northwind Media");
    // The schema came: the documentation names the root type.
    await press(page, "Show Documentation Explorer");
    await shows(page, ".graphiql-doc-explorer", "Query");
    await press(page, "Show Samples");
    await press(page, "Execute query (Ctrl-Enter)");
    await shows(page, ".result-window", '"campaignName"');
    await shows(page, ".result-window", '"roi"');
    // Marks of the schema's validation would stand in the document by now.
    assert.equal(await page.$(".graphiql-query-editor .squiggly-error"), null);
    await shot(page, "first-sample");
    assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
    assertQuiet(seen);

    const kept = await page.evaluate(() => [
      JSON.stringify({ ...sessionStorage }),
      JSON.stringify({ ...localStorage }) + document.cookie + location.href,
    ]);
    assert.ok(kept[0].includes(analyst), "the token is not in the tab's session storage");
    assert.ok(!kept[1].includes(analyst), "the token is kept outside of the tab's session storage");
    for (const request of seen.requests) {
      assert.ok(!request.url().includes("bw_"), `the token is in the address ${request.url()}`);
      assert.ok(!(request.postData() ?? "").includes("bw_"), "the token is in a body");
    }
  },

  async "every sample opens in a tab of its own and runs"(person) {
    const { page, seen } = await opened(person);
    await page.type("#token", analyst);
    await page.keyboard.press("Enter");
    await shows(page, ".bellwether-bar output", "Northwind Media");
    const samples = ".bellwether-samples > button";
    const titles = await page.$$eval(`${samples} > b`, (shown) => shown.map((it) => it.textContent));
    assert.ok(titles.length >= 8, titles.join(", "));
    for (const [index, title] of titles.entries()) {
      await page.locator(`${samples}:nth-of-type(${index + 1})`).click();
      await shows(page, ".graphiql-query-editor", `# ${title}`);
      await press(page, "Execute query (Ctrl-Enter)");
      await shows(page, ".result-window", '"data"');
      assert.ok(!flat(await text(page, ".result-window")).includes('"errors"'), title);
    }
    await shot(page, "last-sample");
    assertQuiet(seen);
  },

  async "a subscription shows a change as it happens"(person) {
    const { page, seen } = await opened(person);
    await page.type("#token", analyst);
    await press(page, "Use");
    await shows(page, ".bellwether-bar output", "Northwind Media");
    await page.locator(".bellwether-samples > button:nth-of-type(9)").click();
    await shows(page, ".graphiql-query-editor", "subscription Changes");
    await press(page, "Execute query (Ctrl-Enter)");
    await shows(page, ".result-window", '"SUBSCRIBED"');
    await ingest("1001");
    await shows(page, ".result-window", '"FACTS"');
    await shot(page, "subscription");
    // Stopped, it hears no more: the next answer is a query's.
    await press(page, "Stop query (Ctrl-Enter)");
    assertQuiet(seen);
    for (const request of seen.requests) assert.ok(!request.url().includes("bw_"));
  },

  async "the token is gone when it is forgotten, and in another tab"(person) {
    const { page, seen } = await opened(person);
    await page.type("#token", analyst);
    await press(page, "Use");
    await shows(page, ".bellwether-bar output", "Northwind Media");
    await press(page, "Forget");
    await shows(page, ".bellwether-bar output", "Without a token");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await page.type("#token", analyst);
    await press(page, "Use");
    await shows(page, ".bellwether-bar output", "Northwind Media");
    const other = await opened(person);
    await shows(other.page, ".bellwether-bar output", "Without a token");
    assertQuiet(seen);
    assertQuiet(other.seen);
  },

  async "whoever prefers dark gets it"(person) {
    const { page, seen } = await opened(person, { dark: true });
    await page.type("#token", analyst);
    await press(page, "Use");
    await shows(page, ".bellwether-bar output", "Northwind Media");
    await press(page, "Execute query (Ctrl-Enter)");
    await shows(page, ".result-window", '"roi"');
    await shot(page, "dark");
    assertQuiet(seen);
  },

  async "a token that is not known is refused in words"(person) {
    const { page, seen } = await opened(person);
    await page.type("#token", "bw_unknown");
    await press(page, "Use");
    await shows(page, ".bellwether-bar output", "token");
    await page.waitForSelector(".bellwether-bar output.bad");
    await shot(page, "refused");
    assert.ok(seen.answered.some(([status]) => status === 401));
  },
};

try {
  for (const [name, step] of Object.entries(steps)) {
    // Each with a browser's empty memory.
    const person = await browser.createBrowserContext();
    await step(person);
    await person.close();
    console.log(`explorer: ${name}`);
  }
  console.log("explorer: ok");
} finally {
  await browser.close();
}
