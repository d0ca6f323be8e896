// Builds an extension's component from JavaScript: node build.mjs FOLDER WIT OUT
//
// FOLDER contains `src/extension.js` and `world.wit`. The script imports and exports what the world names, and logging, for the
// exceptions. WIT is the folder of the package obp:onboarding. OUT is the component. Each extension has a world of its own, because
// the component imports everything that its world imports, and the server does not load a component with an import that was not
// granted.

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, exit } from 'node:process';

import { componentize } from 'componentize-qjs';

import { ENTRY, MISFIT, entry } from './entry.mjs';
import { packageOf, worldOf } from './world.mjs';

const [folder, onboarding, out] = argv.slice(2);
if (out === undefined) {
  console.error('Usage: node build.mjs FOLDER WIT OUT');
  exit(2);
}

// The engine imports interfaces of WASI that no extension gets, and the tool can stub only all of WASI or nothing. So the imports
// of the extension's world get another name of the same length until the component is made.
const hidden = (text) => text.replaceAll('wasi:', 'wasj:');
const shown = (component) => Buffer.from(component.toString('latin1').replaceAll('wasj:', 'wasi:'), 'latin1');

/** The world that the component is built for: that of the extension, and logging. */
const WORLD = 'extension-with-log';

/** Hides the imports in the files of a folder that have one of these endings. */
async function hide(copy, endings) {
  for (const file of await readdir(copy, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath ?? file.path, file.name);
    if (file.isFile() && endings.some((ending) => file.name.endsWith(ending))) {
      await writeFile(path, hidden(await readFile(path, 'utf8')));
    }
  }
}

/** Copies the WIT in the layout that the tool expects: the package, and its dependencies in `deps`. Returns the exports. */
async function copyWit(wit, logging) {
  const world = await readFile(join(folder, 'world.wit'), 'utf8');
  const found = worldOf(world, logging.texts, logging.name);
  const withLog = `\nworld ${WORLD} {\n  include ${found.name};\n  import ${logging.interface};\n}\n`;
  await cp(join(onboarding, 'deps'), join(wit, 'deps'), { recursive: true });
  await cp(onboarding, join(wit, 'deps', 'onboarding'), {
    recursive: true,
    filter: (path) => resolve(path) !== resolve(onboarding, 'deps'),
  });
  await writeFile(join(wit, 'world.wit'), world + withLog);
  await hide(wit, ['.wit']);
  return found.exports;
}

/** The texts of the package obp:onboarding, its name, and its interface that logs. */
async function readPackage() {
  const files = (await readdir(onboarding)).filter((file) => file.endsWith('.wit'));
  const texts = await Promise.all(files.map((file) => readFile(join(onboarding, file), 'utf8')));
  const { name, version } = texts.map(packageOf).find(({ name }) => name !== undefined) ?? {};
  if (name === undefined) throw new Error(`${onboarding} is not the folder of the package obp:onboarding`);
  return { name, texts, interface: `${name}/logging${version}` };
}

/** The reason of a failed build, for people. */
function reason(error) {
  const text = String(error.message ?? error).replace(/^[\s:]+/, '').trimEnd();
  const misfit = text.indexOf(MISFIT);
  return misfit < 0 ? text : text.slice(misfit).split('\n')[0];
}

const [wit, copy] = [await mkdtemp(join(tmpdir(), 'extension-wit-')), await mkdtemp(join(tmpdir(), 'extension-src-'))];
try {
  const logging = await readPackage();
  const exports = await copyWit(wit, logging);
  await cp(folder, copy, { recursive: true, dereference: true });
  await writeFile(join(copy, ENTRY), entry(exports, logging.interface));
  await hide(copy, ['.js', '.mjs']);
  const { component } = await componentize({
    witPath: wit,
    world: WORLD,
    jsSource: await readFile(join(copy, ENTRY), 'utf8'),
    jsPath: join(copy, ENTRY),
    moduleRoot: copy,
    stubWasi: true,
    // The server does not load components with asynchronous functions.
    sync: true,
    // An instance ends with its call.
    disableGc: true,
  });
  await writeFile(out, shown(component));
} catch (error) {
  console.error(`${folder}: ${reason(error)}`);
  exit(1);
} finally {
  await rm(wit, { recursive: true });
  await rm(copy, { recursive: true });
}
