// The runner for Chromium: node chromium.mjs --component FILE --vectors FOLDER
//
// Serves the page and its files on this machine only, opens it in a headless browser, and prints what the page shows.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

import { chromium } from 'playwright-core';

import { giveUp, run } from './inputs.mjs';
import { isModule } from './transpile.mjs';
import { BadVector } from './vectors.mjs';

const BROWSER = '/usr/bin/chromium';
/** A browser starts slowly on a busy machine. */
const START_MS_MAX = 120_000;

const FLAGS = [
  // Chromium's sandbox does not work as root in a container. The only page that is opened is ours.
  '--no-sandbox',
  // The browser must not connect to any other host.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--no-proxy-server',
];

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** All files by path. */
const contents = async ({ made, files }) => {
  const inputs = { modules: Object.keys(made).filter(isModule), files };
  const found = { '/inputs.json': JSON.stringify(inputs) };
  for (const name of ['onboarding.js', ...inputs.modules]) found[`/${name}`] = made[name];
  for (const name of ['page.html', 'host.mjs', 'store.mjs', 'vectors.mjs']) {
    found[`/${name}`] = await readFile(new URL(name, import.meta.url));
  }
  return found;
};

/** Starts a server of these files and returns it with its address. */
const serve = async (found) => {
  const server = createServer(({ url }, response) => {
    if (!Object.hasOwn(found, url)) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': TYPES[extname(url)] }).end(found[url]);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${server.address().port}` };
};

/** The final text of the page. */
const visit = async (url) => {
  const browser = await chromium
    .launch({ executablePath: BROWSER, args: FLAGS, timeout: START_MS_MAX })
    .catch((error) => giveUp(`${BROWSER} does not start; on Debian: apt-get install chromium\n${error.message}`));
  try {
    const page = await browser.newPage();
    page.on('console', (message) => console.error(message.text()));
    page.on('pageerror', (error) => console.error(error));
    await page.goto(url);
    return (await page.evaluate('window.outcome')) ?? { lines: '', failure: 'the page did not load' };
  } finally {
    await browser.close();
  }
};

await run(async (inputs) => {
  const { server, address } = await serve(await contents(inputs));
  try {
    const { lines, fault, failure } = await visit(`${address}/page.html`);
    process.stdout.write(lines);
    if (fault !== undefined) throw new BadVector(fault);
    if (failure !== undefined) throw new Error(failure);
  } finally {
    server.close();
  }
});
