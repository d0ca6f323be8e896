// The runner for Node.js: node node.mjs --component FILE --vectors FOLDER
//
// Prints a line for each vector, and how fast the host is; what is behind it is in the other files.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Rules } from './host.mjs';
import { run } from './inputs.mjs';
import { isModule } from './transpile.mjs';
import { measure, runAll } from './vectors.mjs';

// The code that jco makes calls this for every instance, and does without where it is missing, as in Node.js 20. But V8 words
// the error of each such call by parsing all of that code again: 14 ms, more than ten times what an instance takes. Only
// components with asynchronous functions use what it returns.
WebAssembly.promising ??= (run) => run;

const print = (line) => console.log(JSON.stringify(line));

/** The rules, of what the component was made into. Code in JavaScript is imported as any other is: from a file. */
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
