// The arguments of the runners in Node.js: `--component FILE --vectors FOLDER`. Missing or unusable arguments end the program with a
// message and exit code 2.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { parseArgs } from 'node:util';

import { transpiled } from './transpile.mjs';
import { BadVector } from './vectors.mjs';

/** Ends the program because of an error of the caller. */
export const giveUp = (reason) => {
  console.error(reason);
  exit(2);
};

/** Does the work of a runner. A malformed vector is an error of the caller. */
export const run = async (work) => {
  try {
    await work(await inputs());
  } catch (error) {
    if (!(error instanceof BadVector)) throw error;
    giveUp(error.message);
  }
};

const inputs = async () => {
  const { component, vectors } = options();
  const bytes = await readFile(component).catch((error) => giveUp(error.message));
  const made = await transpiled(bytes).catch((error) => giveUp(`${component}: ${error.message ?? error}`));
  return { made, files: await vectorFiles(vectors) };
};

const options = () => {
  const usage = `Usage: node ${argv[1]} --component FILE --vectors FOLDER`;
  try {
    const { values } = parseArgs({ options: { component: { type: 'string' }, vectors: { type: 'string' } } });
    return values.component && values.vectors ? values : giveUp(usage);
  } catch (error) {
    return giveUp(`${error.message}\n${usage}`);
  }
};

/** The contents of the files, `{ operation, vectors }` each, in the order of their names. */
const vectorFiles = async (folder) => {
  const names = await readdir(folder).catch((error) => giveUp(error.message));
  const paths = names.filter((name) => name.endsWith('.json')).sort().map((name) => join(folder, name));
  if (paths.length === 0) giveUp(`there are no vectors in ${folder}`);
  return Promise.all(paths.map(vectorFile));
};

const vectorFile = async (path) => {
  try {
    const { operation, vectors } = JSON.parse(await readFile(path, 'utf8'));
    if (typeof operation !== 'string' || !Array.isArray(vectors)) giveUp(`${path}: no vectors of an operation`);
    return { operation, vectors };
  } catch (error) {
    return giveUp(`${path}: ${error.message}`);
  }
};
