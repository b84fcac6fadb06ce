// Goes through the console as a platform's reviewer, an advertiser and a regulator would, and tells of each page that it
// comes to, one JSON a line: what axe finds (WCAG 2.2 AA), whether it must be scrolled sideways, and what the browser
// complains about. A step that cannot be gone breaks it off.
const { url, password, out, tools, chromium } = JSON.parse(process.argv[2]);
const { chromium: browserType } = require(`${tools}/node_modules/playwright-core`);
const axe = require("fs").readFileSync(`${tools}/node_modules/axe-core/axe.min.js`, "utf8");
const assert = require("assert/strict");

const program = chromium.find((path) => require("fs").existsSync(path));
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
let number = 0;

const look = async (page, name) => {
  await page.waitForLoadState("networkidle");
  await page.evaluate(axe);
  const found = await page.evaluate(async (levels) => (await axe.run({ runOnly: levels })).violations, LEVELS);
  const faults = found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
  const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  if (needed > there) faults.push(`scrolls sideways: ${needed} of ${there}`);
  faults.push(...page.complaints.splice(0));
  await page.screenshot({ path: `${out}/${String(++number).padStart(2, "0")}-${name}.png`, fullPage: true });
  console.log(JSON.stringify({ name, url: page.url(), faults }));
};

const person = async (browser, name, { locale, width, height }) => {
  const context = await browser.newContext({ locale, viewport: { width, height }, acceptDownloads: true });
  const page = await context.newPage();
  page.complaints = [];
  page.on("dialog", (dialog) => { page.complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => page.complaints.push(`script: ${error.message}`));
  page.on("console", (said) => { if (said.type() === "error") page.complaints.push(said.text()); });
  await page.goto(url);
  await look(page, `${name}-login`);
  await page.fill("[name=name]", name);
  await page.fill("[name=password]", password);
  await page.click("main button");
  return page;
};

const reviewer = async (browser, how, proposes) => {
  const page = await person(browser, "reviewer", how);
  await look(page, "queue");
  assert.match(page.url(), /\/queue/);
  const before = await page.locator(".item").count();
  await page.locator(".item h2 a").first().click();
  const its = /#(violation-\d+)$/.exec(page.url())[1];
  await look(page, "case");
  // A box on the picture of the page leads to the violation that it is of.
  await page.locator(".tall svg a").first().click();
  assert.match(page.url(), /#violation-\d+$/);
  // A mark of the video seeks.
  if (await page.locator("[data-seek]").count()) {
    await page.locator("[data-seek]").first().click();
    await page.waitForFunction(() => document.querySelector("video").currentTime > 1);
  }
  // Nothing is rejected without a reason.
  const violation = page.locator(`#${its}`);
  await violation.locator("summary").last().click();
  await violation.locator("button[value=reject]").click();
  await page.waitForLoadState();
  // The browser says that the answer is a refusal, as it is meant.
  page.complaints.splice(0);
  await look(page, "no-reason");
  assert.equal(await page.locator("main .wrong").count(), 1);
  await page.goBack();
  await violation.locator("button[value=confirm]").click();
  await page.waitForLoadState();
  assert.match(page.url(), /done=decided#violation-\d+$/);
  assert.equal(await page.locator("[role=status]").count(), 1);
  await look(page, "decided");
  // As long as something of the case waits, nothing is proposed: so all of it is decided.
  if (proposes) {
    await page.locator("form.decide:not(:has([name=violation])) button[value=confirm]").click();
    await page.waitForLoadState();
  }
  // What its confirmed cases come to is looked at with its reasons, and proposed; then there is nothing more to propose.
  await page.locator("a[href*='/measures/propose']").click();
  await look(page, "propose");
  if (proposes) {
    assert.ok(await page.locator(".reasons-of li").count(), "why it is this step");
    await page.check("[type=checkbox][name=several_accounts]");
    await page.locator("form[method=get] button").last().click();
    await look(page, "propose-known");
    await page.locator("form[action='/measures/propose'] button.main").click();
    await page.waitForLoadState();
    assert.match(page.url(), /\/measures\?advertiser=.*done=measure-proposed$/);
    assert.equal(await page.locator("[role=status]").count(), 1);
    assert.ok(await page.locator(".item .reasons-of li").count());
    await look(page, "proposed");
    await page.locator("a[href*='/measures/propose']").click();
  }
  assert.equal(await page.locator("form[action='/measures/propose'] button.main").count(), 0, "nothing more");
  await look(page, "propose-none");
  await page.goto(`${url}/queue`);
  assert.ok(await page.locator(".item").count() < before);
  for (const name of ["overview", "cases", "ads", "appeals", "sweeps", "sweeps/_new", "coverage", "quality", "preview", "webhooks", "log", "account",
    "ccr", "complaints", "complaints/sample", "paths", "paths?of=complaints&to=hop", "traffic", "measures", "deadlines", "reports", "ledger?verify=yes"]) {
    assert.equal((await page.goto(`${url}/${name}`)).status(), 200, name);
    await look(page, name.replace(/\W+/g, "-"));
  }
  // By keyboard alone: from the beginning of a page to its content, and to the first case.
  await page.goto(`${url}/cases`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  // The other language, on the same page.
  const title = await page.title();
  await page.locator(".bar button[name=language]").click();
  await page.waitForLoadState();
  assert.notEqual(await page.title(), title);
  assert.match(page.url(), /\/cases$/);
  await look(page, "cases-other-language");
};

const advertiser = async (browser, how) => {
  const page = await person(browser, "xinglan", how);
  await page.goto(`${url}/cases`);
  await look(page, "own-cases");
  assert.equal(await page.locator("table.list tbody tr").count(), 1);
  await page.locator("table.list a").first().click();
  await look(page, "own-case");
  assert.ok(await page.locator(".note .todo").count(), "what to do is said");
  assert.equal(await page.locator("button[value=confirm]").count(), 0, "nobody decides about themselves");
  for (const name of ["preview", "ads", "appeals", "webhooks", "ccr", "complaints", "paths", "traffic", "measures"]) {
    assert.equal((await page.goto(`${url}/${name}`)).status(), 200, name);
    await look(page, `own-${name}`);
  }
  // A webhook is made: its secret is shown, once.
  await page.goto(`${url}/webhooks`);
  await page.fill("[name=url]", "https://hooks.example/postlink");
  await page.check("[name=kind][value=violation]");
  await page.click("main button.main");
  await look(page, "own-webhook");
  assert.match(await page.locator("main").innerText(), /whsec_/);
  await page.goto(`${url}/webhooks`);
  assert.doesNotMatch(await page.locator("main").innerText(), /whsec_/);
  // A page is pasted: the form opens for it.
  await page.goto(`${url}/preview`);
  await page.locator(".draft summary").click();
  await look(page, "own-preview-pasted");
  assert.equal((await page.goto(`${url}/queue`)).status(), 403);
  page.complaints.splice(0);
};

const regulator = async (browser, how) => {
  const page = await person(browser, "office", how);
  await page.goto(`${url}/cases?verdict=violating`);
  await page.locator("table.list a").first().click();
  assert.equal(await page.locator("button[value=confirm]").count(), 0, "nothing is written");
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator("a[download]").click()]);
  assert.match(file.suggestedFilename(), /\.wacz$/);
  const [bundle] = await Promise.all([page.waitForEvent("download"), page.locator("button[value=bundle]").click()]);
  assert.match(bundle.suggestedFilename(), /^postlink-bundle-.*\.zip$/);
  // The weekly report, as each file that there is of it.
  await page.goto(`${url}/reports`);
  for (const ending of ["html", "xlsx", "pdf", "json"]) {
    const [report] = await Promise.all([page.waitForEvent("download"), page.locator(`a[download][href$=".${ending}"]`).first().click()]);
    assert.match(report.suggestedFilename(), new RegExp(`^postlink-[0-9]{4}-W[0-9]{2}\\.${ending}$`));
    assert.ok(require("fs").statSync(await report.path()).size > 200, ending);
  }
  for (const name of ["overview", "webhooks", "coverage", "ccr", "complaints", "paths", "traffic", "measures", "deadlines", "reports", "ledger"]) {
    assert.equal((await page.goto(`${url}/${name}`)).status(), 200, name);
    await look(page, `office-${name}`);
  }
  await page.goto(`${url}/coverage`);
  const [dossier] = await Promise.all([page.waitForEvent("download"), page.locator("button[value=dossier]").first().click()]);
  assert.match(dossier.suggestedFilename(), /^postlink-dossier-.*\.html$/);
  await page.goto(`${url}/log`);
  assert.ok(await page.locator("tbody tr").count() >= 3, "what was looked at and taken along is told");
  await look(page, "own-log");
};

(async () => {
  const browser = await browserType.launch({ executablePath: program, args: ["--no-sandbox"] });
  const desk = { width: 1400, height: 1000 }, phone = { width: 390, height: 844 };
  await reviewer(browser, { locale: "en-GB", ...phone }, false);
  await reviewer(browser, { locale: "zh-CN", ...desk }, true);
  await advertiser(browser, { locale: "zh-CN", ...phone });
  await advertiser(browser, { locale: "en-GB", ...desk });
  await regulator(browser, { locale: "zh-CN", ...desk });
  await regulator(browser, { locale: "en-GB", ...phone });
  await browser.close();
})().catch((error) => { console.error(error); process.exit(1); });
