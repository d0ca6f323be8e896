// The runner for Node.js: node node.mjs --component FILE --vectors FOLDER
//
// Prints a line for each vector, and the speed of the host. The other files contain the host itself.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Rules } from './host.mjs';
import { run } from './inputs.mjs';
import { isModule } from './transpile.mjs';
import { measure, runAll } from './vectors.mjs';

// jco's code calls this for every instance. It works without this function, which Node.js 20 lacks, but V8 then parses all of that
// code again for each error message: 14 ms, more than ten times the cost of an instance. Only components with asynchronous
// functions use the result.
WebAssembly.promising ??= (run) => run;

const print = (line) => console.log(JSON.stringify(line));

/** Loads the rules from the transpiled files. The JavaScript among them is imported from a file. */
const load = async (made) => {
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-'));
  try {
    const code = join(folder, 'onboarding.mjs');
    await writeFile(code, made['onboarding.js']);
    const { instantiate } = await import(pathToFileURL(code));
    const modules = {};
    for (const name of Object.keys(made).filter(isModule)) modules[name] = await WebAssembly.compile(made[name]);
    return new Rules(instantiate, modules);
  } finally {
    await rm(folder, { recursive: true });
  }
};

await run(async ({ made, files }) => {
  const rules = await load(made);
  runAll(rules, files, print);
  print(measure(rules, files));
});
