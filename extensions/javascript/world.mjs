// Reads the parts of a WIT text that the builder needs: the name of the world, and the names of the exports with their functions.

/** The text without comments. */
const bare = (wit) => wit.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');

/** The text between the brace at `start` and its partner. */
function block(wit, start) {
  let depth = 0;
  for (let at = start; at < wit.length; at++) {
    if (wit[at] === '{') depth++;
    if (wit[at] === '}' && --depth === 0) return wit.slice(start + 1, at);
  }
  return wit.slice(start + 1);
}

/** A name of WIT as JavaScript spells it. */
const camelCase = (name) => name.replace('%', '').replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** The package that a text declares, as `name` and `version`. */
export function packageOf(wit) {
  const [, name, version = ''] = bare(wit).match(/\bpackage\s+([\w:-]+)(@[\w.+-]+)?\s*;/) ?? [];
  return { name, version };
}

/** The functions of an interface. `errors` are the cases that a function may throw as its answer; undefined if it has none. */
function functionsOf(body) {
  const found = body.matchAll(/(%?[\w-]+)\s*:\s*(?:async\s+)?func\s*\([^)]*\)\s*([^;]*);/g);
  return [...found].map(([, name, result]) => ({ name: camelCase(name), errors: errorsOf(result, body) }));
}

function errorsOf(result, body) {
  if (!/^->\s*result\b/.test(result)) return undefined;
  const [, type] = result.match(/,\s*(%?[\w-]+)\s*>\s*$/) ?? [];
  const start = type === undefined ? -1 : body.search(new RegExp(`\\benum\\s+${type}\\s*\\{`));
  if (start < 0) return [];
  return block(body, body.indexOf('{', start)).split(',').map((name) => name.trim()).filter((name) => name !== '');
}

/** The functions of the interface with that name; none if the texts do not have it. */
function functionsOfInterface(texts, name) {
  for (const text of texts.map(bare)) {
    const start = text.search(new RegExp(`\\binterface\\s+${name}\\s*\\{`));
    if (start >= 0) return functionsOf(block(text, text.indexOf('{', start)));
  }
  return [];
}

/**
 * The only world of a text: its name, and its exports. An export has the name in WIT, the name in JavaScript, and its functions;
 * an export that is itself a function has no list of functions.
 *
 * @param {string} world The text of world.wit.
 * @param {string[]} texts The texts of the package `onboarding`.
 * @param {string} onboarding The name of that package.
 */
export function worldOf(world, texts, onboarding) {
  const text = bare(world);
  const worlds = [...text.matchAll(/\bworld\s+(%?[\w-]+)\s*\{/g)];
  if (worlds.length !== 1) {
    const names = worlds.map(([, name]) => name).join(', ');
    throw new Error(`world.wit must have one world, and it has ${worlds.length}${names === '' ? '' : `: ${names}`}`);
  }
  const [{ 1: name, 0: head, index }] = worlds;
  const body = block(text, index + head.length - 1);
  const exports = body.matchAll(/\bexport\s+(?:([\w-]+:[\w-]+)\/)?(%?[\w-]+)(@[\w.+-]+)?\s*(?:;|:\s*(?:async\s+)?(func|interface)\b)/g);
  return {
    name,
    exports: [...exports].map(([statement, from, wit, version = '', kind]) => ({
      wit: from === undefined ? wit : `${from}/${wit}${version}`,
      name: camelCase(wit),
      functions: kind === 'func' ? undefined : functionsOfInterface(from === onboarding ? texts : [world], wit),
    })),
  };
}
