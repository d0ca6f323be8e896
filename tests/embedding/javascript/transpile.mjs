// Makes of the component what a JavaScript engine runs: code that makes instances, and core modules. Does not run it.
//
// The command that comes with jco makes nearly the same:
//
//     jco transpile onboarding.wasm --name onboarding --instantiation sync --no-wasi-shim --out-dir FOLDER
//
// Its code, though, takes the character U+FEFF at the beginning of a text for a byte order mark and leaves it out, so that
// another record would be stored than was accepted.

import { transpile } from '@bytecodealliance/jco';

/** The files by name: `onboarding.js`, which exports `instantiate`; the core modules; types for TypeScript. */
export const transpiled = async (component) => {
  const { files } = await transpile(component, {
    name: 'onboarding',
    // A function that makes an instance as often as it is called, without waiting for anything.
    instantiation: 'sync',
    // The clock and the random numbers are the host's.
    wasiShim: false,
  });
  const code = new TextDecoder().decode(files['onboarding.js']);
  return { ...files, 'onboarding.js': new TextEncoder().encode(withWholeTexts(code)) };
};

export const isModule = (name) => name.endsWith('.wasm');

const withWholeTexts = (code) => {
  const parts = code.split('new TextDecoder()');
  if (parts.length !== 2) throw new Error('this version of jco reads texts otherwise: see to it that they stay whole');
  return parts.join("new TextDecoder('utf-8', { ignoreBOM: true })");
};
