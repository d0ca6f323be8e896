// Builds an extension's component from JavaScript: node build.mjs FOLDER WIT OUT
//
// FOLDER contains `src/extension.js` and `world.wit`. The script imports and exports what the world names. WIT is the folder of the
// package obp:onboarding. OUT is the component. Each extension has a world of its own, because the component imports everything
// that its world imports, and the server does not load a component with an import that was not granted.

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

// The engine imports interfaces of WASI that no extension gets, and the tool can stub only all of WASI or nothing. So the imports
// of the extension's world get another name of the same length until the component is made.
const hidden = (text) => text.replaceAll('wasi:', 'wasj:');
const shown = (component) => Buffer.from(component.toString('latin1').replaceAll('wasj:', 'wasi:'), 'latin1');

// The layout that WIT expects: the package, and its dependencies in `deps`.
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
    // The server does not load components with asynchronous functions.
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
