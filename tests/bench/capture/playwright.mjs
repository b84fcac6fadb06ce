// Playwright as one would use it: go there, wait until the network is idle, take HTML, bodies and a full-page picture.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { chromium } = createRequire(plan.peers + '/node/')('playwright-core');
const { as } = plan;

const browser = await chromium.launch({ executablePath: plan.chromium, args: plan.peer_args });

async function visit(url) {
  const context = await browser.newContext({
    userAgent: as.user_agent, viewport: { width: as.viewport[0], height: as.viewport[1] },
    deviceScaleFactor: as.scale, isMobile: as.mobile, hasTouch: as.touch, locale: as.languages[0], timezoneId: as.time_zone,
  });
  const page = await context.newPage();
  const bodies = [];
  page.on('response', response => bodies.push(response.body().catch(() => null)));
  await page.goto(url, { waitUntil: 'networkidle' });
  if (plan.watch_ms) await page.waitForTimeout(plan.watch_ms);
  const html = await page.content();
  const { format, quality, scale } = plan.picture;
  const picture = await page.screenshot({ fullPage: true, type: format, quality, scale, timeout: 30000 });
  const kept = (await Promise.all(bodies)).filter(Boolean);
  await context.close();
  return { html: html.length, bodies: kept.length, body_bytes: kept.reduce((sum, body) => sum + body.length, 0),
           picture_bytes: picture.length };
}

await visit(plan.warm);
console.log('ready');
await new Promise(go => createInterface({ input: process.stdin }).once('line', go));

let next = 0;
await Promise.all(Array.from({ length: plan.at_once }, async () => {
  while (next < plan.urls.length) {
    const url = plan.urls[next++];
    const began = performance.now();
    const got = await visit(url);
    console.log(JSON.stringify({ url, ms: Math.round(performance.now() - began), ...got }));
  }
}));
await browser.close();
process.exit(0);
