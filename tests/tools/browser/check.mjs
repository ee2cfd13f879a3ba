// check.mjs FOLDER - the pages in it, in a browser; TAP. The program: $ESI_BROWSER.
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { contrasts } from "./contrast.mjs";

const folder = process.argv[2];
const url = (page, hash = "") => pathToFileURL(`${folder}/${page}.html`).href + hash;
let number = 0, failed = 0;
const check = (name, good, why = "") => {
  console.log(`${good ? "ok" : "not ok"} ${++number} - ${name}`);
  if (!good) {
    failed++;
    console.log(`#   ${typeof why === "string" ? why : JSON.stringify(why)}`);
  }
};
const same = (name, got, want) =>
  check(name, JSON.stringify(got) === JSON.stringify(want), { got, want });

// A machine with other work to do is slower: how much, a known task tells.
const begin = performance.now();
for (let i = 0, x = 0; i < 1e8; i++) x = (x * 31 + i) | 0;
const slack = Math.max(1, (performance.now() - begin) / 100);

const browser = await chromium.launch({
  executablePath: process.env.ESI_BROWSER,
  args: ["--no-sandbox"],
});

// open - a page, and whatever it does that it should not.
const open = async (name, { hash = "", ...options } = {}) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => wrong.push("console: " + message.text()));
  page.on("pageerror", (error) => wrong.push("error: " + error.message));
  page.on("dialog", (dialog) => { wrong.push("dialog: " + dialog.message()); dialog.dismiss(); });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url(name)) wrong.push("request: " + request.url());
  });
  await page.goto(url(name, hash), { timeout: 120000 });
  return { page, wrong, close: () => context.close() };
};
const shown = (page) => page.locator("#list tbody tr:visible").count();
const isSeen = (page, selector) => page.locator(selector).first().evaluate((element) => {
  const box = element.getBoundingClientRect();
  return element.checkVisibility() && box.bottom > 0 && box.top < innerHeight;
});

for (const name of ["one", "none", "office", "hostile", "many", "touched", "alone", "spoiled", "crowd"]) {
  const { page, wrong, close } = await open(name);
  await page.evaluate(() => { for (const d of document.querySelectorAll("details")) d.open = true; });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))));
  same(`${name}: no message, dialog, or request`, wrong, []);
  same(`${name}: no handler, no foreign element`, await page.evaluate(() =>
    Array.from(document.querySelectorAll("*")).filter((element) =>
      /^(img|iframe|object|embed|link|base|audio|video|textarea|image)$/i.test(element.localName) ||
      Array.from(element.attributes).some((a) => /^on|^style$|^src/i.test(a.name)))
      .map((element) => element.outerHTML.slice(0, 80))), []);
  same(`${name}: one script, one style`, await page.evaluate(() =>
    [document.scripts.length, document.styleSheets.length]), [1, 1]);
  await close();
}

{ // What is hostile is still there to be read.
  const { page, close } = await open("hostile");
  const text = await page.evaluate(() => document.body.innerText + document.querySelector("#s1").textContent);
  for (const words of ["<script>alert(1)</script>", "</svg><script>alert(9)</script>",
    "\\x1b[31m\\xff\\xc3", "<script>alert(21)</script>"])
    check(`hostile: ${words} can be read`, text.includes(words));
  await close();
}

{ // What a box left in sight, too.
  const { page, close } = await open("spoiled");
  const text = await page.evaluate(() => document.querySelector("#s1 .ev").innerText);
  check("spoiled: what was seen can be read", text.includes('XXXX "><svg/onload=alert(3)>'), text);
  await close();
}

{ // What was touched before it was captured.
  const { page, close } = await open("touched");
  check("touched: seen without scrolling", await isSeen(page, "#capture"));
  same("touched: above the outcomes", await page.evaluate(() =>
    document.getElementById("capture").compareDocumentPosition(document.getElementById("overview")) &
      Node.DOCUMENT_POSITION_FOLLOWING), 4);
  const rows = await page.evaluate(() => Array.from(document.querySelectorAll("#list tbody tr"),
    (row) => row.dataset.e));
  for (const value of new Set(rows)) {
    await page.selectOption("#f-evidence", value);
    same(`filter by evidence ${value}`, await shown(page), rows.filter((e) => e === value).length);
    same("and so are the sections", await page.locator("details.ses:visible").count(), await shown(page));
  }
  await page.click("#filter button[type=reset]");
  await page.click("a[data-evidence='3']");
  same("a tile filters by evidence", await shown(page), rows.filter((e) => e === "3").length);
  await page.click("a[data-outcome]");
  same("another tile clears that", await page.inputValue("#f-evidence"), "");
  await page.locator("a[href^='#e']").first().evaluate((link) => { link.closest("details").open = true; });
  same("panels where touched, and nowhere else", await page.evaluate(() =>
    Array.from(document.querySelectorAll("details.ses"), (s) => s.querySelectorAll(".ev").length)),
    await page.evaluate(() => Array.from(document.querySelectorAll("details.ses > summary"),
      (s) => (s.querySelector(".e2, .e3") ? 1 : 0))));
  await page.click(".cards li a[href^='#s']");
  const place = page.locator(".ev a[href*='-w']").first();
  await place.click();
  check("a ground leads into the picture", await isSeen(page, page.url().replace(/.*#/, "#")));
  await page.locator(".ses[open] a[href^='#e']").first().click();
  check("and to the lines that mend it", await isSeen(page, page.url().replace(/.*#/, "#")));
  await page.locator(".cards summary").first().click();
  check("which can be opened", await page.locator(".cards pre").first().isVisible());
  await close();
}

{ // Evidence alone.
  const { page, close } = await open("alone");
  same("alone: no dialogue, no filter of outcomes", [await page.locator(".lad").count(),
    await page.locator("#f-outcome:visible, #f-rule:visible").count()], [0, 0]);
  await page.selectOption("#f-evidence", "3");
  same("alone: the filter works", await shown(page), await page.locator("#list .e3:visible").count());
  await close();
}

{ // Where all are alike, there is nothing to choose.
  const { page, close } = await open("office");
  same("office: no filter by evidence for one kind", await page.locator("#f-evidence:visible").count(),
    new Set(await page.evaluate(() => Array.from(document.querySelectorAll("#list tbody tr"),
      (row) => row.dataset.e))).size > 1 ? 1 : 0);
  await close();
}

{ // Filters.
  const { page, close } = await open("office");
  const all = await shown(page);
  const rows = await page.evaluate(() => Array.from(document.querySelectorAll("#list tbody tr"),
    (row) => ({ o: row.dataset.o, r: row.dataset.r.split(" "), server: row.cells[3].textContent })));
  check("office: all sessions are listed", all === rows.length && all > 50, String(all));
  for (const outcome of new Set(rows.map((row) => row.o))) {
    await page.selectOption("#f-outcome", outcome);
    same(`filter by outcome ${outcome}`, await shown(page), rows.filter((row) => row.o === outcome).length);
    same("and so are the sections", await page.locator("details.ses:visible").count(), await shown(page));
  }
  await page.click("#filter button[type=reset]");
  await page.waitForFunction((want) => document.querySelectorAll("#list tbody tr:not([hidden])").length === want, all);
  check("clear shows all again", (await shown(page)) === all);
  const server = rows[0].server;
  await page.selectOption("#f-server", server);
  same("filter by server", await shown(page), rows.filter((row) => row.server === server).length);
  await page.selectOption("#f-rule", "0");
  same("and by rule", await shown(page),
    rows.filter((row) => row.server === server && row.r.includes("0")).length);
  await page.click("#filter button[type=reset]");
  await page.fill("#f-text", "nowhere to be found");
  same("text that is nowhere", await shown(page), 0);
  await page.fill("#f-text", "pallet-carton");
  check("text is looked for in the sessions, too", (await shown(page)) < all);
  await page.click(".tiles a");
  same("a tile filters", await shown(page),
    rows.filter((row) => row.o === "2").length);
  check("what is shown is said", /^\d+ of \d+ shown$/.test(await page.textContent("#shown")));
  await page.goto(url("office", "#s1"));
  check("a link to what is filtered out shows it", await isSeen(page, "#s1"));
  await close();
}

{ // Order.
  const { page, close } = await open("office");
  const column = (at) => page.evaluate((n) => Array.from(document.querySelectorAll("#list tbody tr"),
    (row) => row.cells[n].textContent), at);
  for (const [at, label, number] of [[0, "No.", true], [3, "Server", false]]) {
    const want = (await column(at)).sort((a, b) => (number ? a - b : a < b ? -1 : a > b ? 1 : 0));
    const head = page.locator("#list thead th").nth(at);
    await head.locator("button").focus();
    await page.keyboard.press("Enter");
    same(`sorted by ${label}, by keyboard`, await column(at), want);
    same("and says so", await head.getAttribute("aria-sort"), "ascending");
    await head.locator("button").click();
    same(`backwards by ${label}`, await column(at), want.reverse());
    same("and says so", await head.getAttribute("aria-sort"), "descending");
    same("of one column", await page.locator("#list th[aria-sort]").count(), 1);
  }
  await close();
}

{ // Links.
  const { page, close } = await open("office", { hash: "#s2-f1" });
  check("a permanent link opens its session", await isSeen(page, "#s2-f1"));
  await page.locator("#s2 svg a").first().click();
  check("from the picture to the finding", await isSeen(page, "#s2-f1"));
  await page.locator("#c0-253 .hit a").click();
  check("from a line of the configuration to its rule", await isSeen(page, page.url().replace(/.*#/, "#")));
  await page.locator("td.pl a[href='#c0-253']").first().click();
  check("and back", await isSeen(page, "#c0-253"));
  await close();
}

{ // Without the script.
  const { page, wrong, close } = await open("office", { javaScriptEnabled: false, hash: "#s5" });
  same("without script: no message", wrong.filter((words) => !words.includes("script")), []);
  same("without script: no controls", await page.locator("form:visible, button:visible").count(), 0);
  const summary = page.locator("#s5 > summary");
  await summary.click();
  check("without script: a session opens and closes", await page.locator("#s5 svg").isVisible() ||
    (await summary.click(), await page.locator("#s5 svg").isVisible()));
  await close();
}

{ // Keyboard, names, theme.
  const { page, close } = await open("one");
  await page.keyboard.press("Tab");
  same("the first stop is the skip link", await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  same("it leads to the report", await page.evaluate(() => location.hash), "#main");
  same("one heading of the first rank", await page.locator("h1").count(), 1);
  same("every field has a label", await page.evaluate(() =>
    Array.from(document.querySelectorAll("input, select")).filter((f) => !f.labels.length).length), 0);
  const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await colour();
  await page.click("#theme");
  check("the button turns dark", (await colour()) !== light);
  await page.click("#theme");
  same("and light again", await colour(), light);
  await close();
}

for (const scheme of ["light", "dark"]) {
  for (const name of ["one", "office", "touched", "alone"]) {
    const { page, close } = await open(name, { colorScheme: scheme });
    same(`${name}: contrast, ${scheme}`, await contrasts(page), []);
    await close();
  }
}

// Narrow: nothing but what scrolls by itself is wider than the page.
for (const name of ["office", "touched", "alone", "spoiled"]) {
  const { page, close } = await open(name, { viewport: { width: 360, height: 740 } });
  await page.click("#open");
  await page.evaluate(() => { for (const d of document.querySelectorAll(".ev details")) d.open = true; });
  check(`narrow, ${name}: outcome and meaning are within the page`, await page.evaluate(() =>
    Array.from(document.querySelector("#list tbody tr").cells).every((cell) =>
      cell.getBoundingClientRect().right <= innerWidth)));
  check(`narrow, ${name}: no sideways scrolling`, await page.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth), String(await page.evaluate(() => document.documentElement.scrollWidth)));
  await close();
}

{ // On paper.
  const { page, close } = await open("office", { javaScriptEnabled: false });
  await page.emulateMedia({ media: "print" });
  check("print: sessions are open", await page.locator("#s5 svg").isVisible());
  same("print: no controls", await page.locator("nav:visible, button:visible, .skip:visible").count(), 0);
  check("print: a PDF", (await page.pdf({ format: "A4" })).length > 10000);
  await close();
}

{ // And what mends it.
  const { page, close } = await open("touched", { javaScriptEnabled: false });
  check("without script: what was found is told", await page.locator("#capture").isVisible());
  same("without script: lines can be opened", await page.locator(".cards pre:visible").count(), 0);
  await page.locator(".cards summary").first().click();
  same("one by one", await page.locator(".cards pre:visible").count(), 1);
  await page.emulateMedia({ media: "print" });
  same("print: all lines are open", await page.locator(".cards pre:visible").count(),
    await page.locator(".cards pre").count());
  await close();
}

for (const theme of ["", "dark"]) { // whatever the screen shows, paper is white
  const { page, close } = await open("one", { colorScheme: "dark" });
  await page.evaluate((name) => { if (name) document.documentElement.dataset.theme = name; }, theme);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  same(`print: white, theme "${theme}"`, await page.evaluate(() =>
    getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  await close();
}

{ // A thousand sessions.
  const before = Date.now();
  const { page, close } = await open("many");
  const opened = Date.now() - before;
  check(`many: opens without lag (${opened} ms)`, opened < slack * 3000);
  const took = await page.evaluate(() => {
    const from = performance.now(), field = document.getElementById("f-text");
    field.value = "queued";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.getBoundingClientRect();
    return Math.round(performance.now() - from);
  });
  check(`many: filters without lag (${took} ms)`, took < slack * 500);
  await close();
}

await browser.close();
console.log(`1..${number}`);
process.exit(failed > 0 ? 1 : 0);
