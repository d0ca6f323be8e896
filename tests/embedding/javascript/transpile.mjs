// Translates the component for a JavaScript engine: code that makes instances, and core modules. Does not run it.
//
// The command of jco makes nearly the same:
//
//     jco transpile onboarding.wasm --name onboarding --instantiation sync --no-wasi-shim --out-dir FOLDER
//
// However, its code takes the character U+FEFF at the beginning of a text for a byte order mark and removes it. The stored record
// would then differ from the accepted one.

import { transpile } from '@bytecodealliance/jco';

/** The files by name: `onboarding.js`, which exports `instantiate`, the core modules, and types for TypeScript. */
export const transpiled = async (component) => {
  const { files } = await transpile(component, {
    name: 'onboarding',
    // A synchronous function that makes a new instance at each call.
    instantiation: 'sync',
    // The host provides the clock and the random numbers.
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
