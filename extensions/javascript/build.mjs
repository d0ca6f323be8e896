// Builds an extension's component from JavaScript: node build.mjs FOLDER WIT OUT
//
// FOLDER has `src/extension.js`, which exports and imports what the world in FOLDER/world.wit names; WIT is the package
// obp:onboarding; OUT is the component. The world is the extension's own, because the component imports all that its world
// does, needed or not, and one that imports what it was not granted is not loaded.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, exit } from 'node:process';

import { componentize } from 'componentize-qjs';

const [folder, onboarding, out] = argv.slice(2);
if (out === undefined) {
  console.error('Usage: node build.mjs FOLDER WIT OUT');
  exit(2);
}

// WIT's own layout: the package, and beside it those it needs.
const wit = await mkdtemp(join(tmpdir(), 'extension-'));
try {
  await cp(join(folder, 'world.wit'), join(wit, 'world.wit'));
  await cp(join(onboarding, 'deps'), join(wit, 'deps'), { recursive: true });
  await cp(onboarding, join(wit, 'deps', 'onboarding'), {
    recursive: true,
    filter: (path) => resolve(path) !== resolve(onboarding, 'deps'),
  });
  const source = resolve(folder, 'src', 'extension.js');
  const { component } = await componentize({
    witPath: wit,
    jsSource: await readFile(source, 'utf8'),
    jsPath: source,
    moduleRoot: resolve(folder),
    // What the engine itself would import of WASI, and no extension may.
    stubWasi: true,
    // Components with asynchronous functions are not loaded.
    sync: true,
    // An instance ends with its call.
    disableGc: true,
  });
  await writeFile(out, component);
} catch (error) {
  console.error(error.message ?? error);
  exit(1);
} finally {
  await rm(wit, { recursive: true });
}
