/**
 * The report in a real browser: from `file://`, without a request, with legends, cursor and keyboard, narrow, dark, on paper, without
 * script, and as assistive technology meets it. Needs Chromium (`apt-get install chromium`); where there is none the tests are
 * skipped and say so.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../bin/main.js';

const CHROMIUM = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== '' && existsSync(path),
);
const why = CHROMIUM === undefined ? ' (skipped: there is no Chromium here; set CHROMIUM to its path)' : '';

/** For a machine that does other things too. */
const PATIENCE_MS = 120_000;

let folder: string;
let browser: Browser;
/** The page as `run` wrote it, and as `report` does. */
let undrawn: string;
/** The page of `report`, open; every test leaves it as it was. */
let shared: Opened;
let drawn: string;

interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, and every request but that for the page. */
  readonly complaints: string[];
}

async function open(file: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href && !request.url().startsWith('data:'))
      complaints.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-charts=live]');
  return { page, complaints };
}

describe.skipIf(CHROMIUM === undefined)(`report.html in Chromium${why}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'restante-browser-'));
    const streams = { out: () => {}, err: () => {}, interactive: false };
    const run = join(folder, 'run');
    expect(await main(['run', 'smoke', '--quiet', '--out', run], streams)).toBe(0);
    drawn = join(run, 'report.html');
    undrawn = join(folder, 'undrawn.html');
    copyFileSync(drawn, undrawn);
    expect(await main(['report', run], streams)).toBe(0);
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] });
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('opens without a complaint or a request, its charts live, in at most 1 MB', async () => {
    for (const file of [undrawn, drawn]) {
      expect(statSync(file).size).toBeLessThanOrEqual(1_000_000);
      shared = await open(file);
      const { page, complaints } = shared;
      const charts = await page.locator('figure.chart').count();
      expect(charts).toBeGreaterThan(15);
      expect(await page.locator('figure.is-live .canvas svg').count()).toBe(charts);
      expect(complaints).toEqual([]);
      if (file === undrawn) await page.context().close();
    }
  });

  test('the policy refuses to load, to fetch and to evaluate', async () => {
    const { page } = await open(drawn);
    const refused = await page.evaluate<{ found: string[]; leaked: boolean }>(`(async () => {
      const found = [];
      document.addEventListener('securitypolicyviolation', (event) => found.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'var leaked = 1';
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
      document.body.append(image, script);
      await fetch('http://127.0.0.1:9/').catch(() => {});
      setTimeout('var leaked = 1', 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { found, leaked: 'leaked' in globalThis };
    })()`);
    expect(refused.leaked).toBe(false);
    expect(refused.found).toEqual(
      expect.arrayContaining(['img-src', 'connect-src', 'script-src-elem', 'script-src']),
    );
    await page.context().close();
  });

  test('a legend hides its line and the axis follows, by mouse and by keyboard', async () => {
    const { page } = shared;
    const figure = page.locator('figure.chart').first();
    const lines = figure.locator('.canvas .mark-line path');
    const drawnLines = () =>
      lines.evaluateAll((paths) => paths.filter((path) => path.getAttribute('d')).length);
    const axis = () => figure.locator('.canvas .role-axis-label').allTextContents();
    const before = { lines: await drawnLines(), axis: await axis() };
    const goodput = figure.getByRole('button', { name: 'goodput' });
    await goodput.click();
    expect(await goodput.getAttribute('aria-pressed')).toBe('false');
    expect(await drawnLines()).toBe(before.lines - 1);
    expect(await axis()).not.toEqual(before.axis);
    await goodput.focus();
    await page.keyboard.press('Enter');
    expect(await goodput.getAttribute('aria-pressed')).toBe('true');
    expect({ lines: await drawnLines(), axis: await axis() }).toEqual(before);
  });

  test('a cursor tells the values and the fault, on every chart over time, by mouse and by keyboard', async () => {
    const { page } = shared;
    const figure = page.locator('figure.chart').first();
    const box = await figure.locator('.live').boundingBox();
    if (box === null) throw new Error('the chart is not there');
    // A fifth of the way, in the outage from 0:40 to 1:20.
    await page.mouse.move(box.x + box.width * 0.22, box.y + box.height / 2);
    const tip = await figure.locator('.tip').innerText();
    expect(tip).toMatch(
      /^0[01]:\d\d\noffered: [\d.]+\ncarried: [\d.]+\ngoodput: [\d.]+\nfault: partition on clients/,
    );
    expect(await page.locator('.rule:visible').count()).toBeGreaterThan(8);
    await page.mouse.move(2, 2);
    expect(await page.locator('.rule:visible, .tip:visible').count()).toBe(0);
    const slider = figure.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^05:06, offered: 0/);
    expect(await figure.locator('.tip').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await figure.locator('.tip').isVisible()).toBe(false);
    const cell = page
      .locator('figure.chart', { hasText: 'Heat map' })
      .first()
      .locator('.canvas .mark-rect path')
      .first();
    await cell.hover();
    expect(await page.locator('.tip:visible').innerText()).toMatch(/^\d\d:\d\d to \d\d:\d\d, .+: \d+$/);
  });

  test('at 360 pixels nothing runs out of the page, and charts take its width', async () => {
    const { page } = shared;
    await page.setViewportSize({ width: 360, height: 740 });
    await expect
      .poll(() =>
        page
          .locator('.canvas svg')
          .first()
          .evaluate((svg) => svg.clientWidth),
      )
      .toBeLessThan(360);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const widths = await page
      .locator('.canvas svg')
      .evaluateAll((charts) => charts.map((chart) => chart.getBoundingClientRect().right));
    expect(Math.max(...widths)).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1000, height: 740 });
    await expect
      .poll(() =>
        page
          .locator('.canvas svg')
          .first()
          .evaluate((svg) => svg.clientWidth),
      )
      .toBeGreaterThan(800);
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  test.each(['light', 'dark'] as const)('axe finds no serious fault, %s', async (colorScheme) => {
    const { page } = shared;
    await page.emulateMedia({ colorScheme });
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    await page.evaluate(readFileSync(axe, 'utf8'));
    const found = await page.evaluate<AxeResult>(`(async () => {
      for (const details of document.querySelectorAll('details')) details.open = true;
      const { violations, passes } = await axe.run();
      return { violations: violations.map(({ id, impact }) => ({ id, impact })), passes: passes.length };
    })()`);
    expect(found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual(
      [],
    );
    expect(found.passes).toBeGreaterThan(30);
  });

  test('without script the drawings and the tables are there', async () => {
    const { page, complaints } = await open(drawn, { javaScriptEnabled: false });
    const charts = await page.locator('figure.chart').count();
    expect(await page.locator('figure.chart .static svg:visible').count()).toBe(charts);
    await page.locator('figure.chart summary').first().click();
    expect(await page.locator('figure.chart table').first().isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    const other = await open(undrawn, { javaScriptEnabled: false });
    expect(await other.page.locator('figure.chart .undrawn:visible').count()).toBe(charts);
    await page.context().close();
    await other.page.context().close();
  });

  test('paper gets the static drawings in dark ink, whatever the screen had', async () => {
    const { page, complaints } = shared;
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('.live:visible').count()).toBe(0);
    expect(await page.locator('.static svg:visible').count()).toBeGreaterThan(15);
    const colours = await page.evaluate(
      '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
    );
    expect(colours).toEqual(['rgb(28, 32, 36)', 'rgb(255, 255, 255)']);
    // Nothing of all this made the page complain.
    expect(complaints).toEqual([]);
  });
});

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly impact: string }[];
  readonly passes: number;
}
