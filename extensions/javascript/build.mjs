// Builds an extension's component from JavaScript: node build.mjs FOLDER WIT OUT
//
// FOLDER has `src/extension.js`, which exports and imports what the world in FOLDER/world.wit names; WIT is the package
// obp:onboarding; OUT is the component. The world is the extension's own, because the component imports all that its world
// does, needed or not, and one that imports what it was not granted is not loaded.

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, exit } from 'node:process';

import { componentize } from 'componentize-qjs';

const [folder, onboarding, out] = argv.slice(2);
if (out === undefined) {
  console.error('Usage: node build.mjs FOLDER WIT OUT');
  exit(2);
}

// The tool stubs either all of WASI or nothing, and the engine asks for much that no extension is given. What the extension's
// world imports is kept from it under another name of the same length, until the component is made.
const hidden = (text) => text.replaceAll('wasi:', 'wasj:');
const shown = (component) => Buffer.from(component.toString('latin1').replaceAll('wasj:', 'wasi:'), 'latin1');

// WIT's own layout: the package, and beside it those it needs.
const wit = await mkdtemp(join(tmpdir(), 'extension-'));
try {
  await cp(join(folder, 'world.wit'), join(wit, 'world.wit'));
  await cp(join(onboarding, 'deps'), join(wit, 'deps'), { recursive: true });
  await cp(onboarding, join(wit, 'deps', 'onboarding'), {
    recursive: true,
    filter: (path) => resolve(path) !== resolve(onboarding, 'deps'),
  });
  for (const file of await readdir(wit, { recursive: true })) {
    if (file.endsWith('.wit')) await writeFile(join(wit, file), hidden(await readFile(join(wit, file), 'utf8')));
  }
  const source = resolve(folder, 'src', 'extension.js');
  const { component } = await componentize({
    witPath: wit,
    jsSource: hidden(await readFile(source, 'utf8')),
    jsPath: source,
    moduleRoot: resolve(folder),
    stubWasi: true,
    // Components with asynchronous functions are not loaded.
    sync: true,
    // An instance ends with its call.
    disableGc: true,
  });
  await writeFile(out, shown(component));
} catch (error) {
  console.error(error.message ?? error);
  exit(1);
} finally {
  await rm(wit, { recursive: true });
}
