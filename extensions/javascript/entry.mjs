// The module that stands between the server and src/extension.js. It checks the exports when the component is built, and logs the
// exceptions of a call: the server sees only that the call has trapped.

/** The file of this module, beside `src` in the copy of the extension. */
export const ENTRY = '.extension-entry.js';

/** The line of a build error that begins with this text has the reason for people. */
export const MISFIT = 'src/extension.js does not fit world.wit: ';

/** The source of the module for the exports of a world. `logging` is the name of the interface that logs. */
export function entry(exports, logging) {
  const names = exports.map(({ name }, at) => `const exported${at} = fitted[${at}];\nexport { exported${at} as ${name} };`);
  return `
import * as extension from './src/extension.js';
import { log } from '${logging}';

const fitted = (${fit})(${JSON.stringify(exports)}, extension, ${JSON.stringify(MISFIT)}, (${guarded})(log, ${shown}));
${names.join('\n')}
`;
}

// The functions below run in the component. Their source is copied, so they use nothing but their arguments.

/** The exports, with every function guarded. Throws an error if `extension` lacks one. */
function fit(exports, extension, misfit, guard) {
  const fail = (text) => {
    throw new Error(misfit + text);
  };
  const listed = (object) => Object.keys(object).join(', ') || 'nothing';
  return exports.map(({ wit, name, functions }) => {
    const found = extension[name];
    if (functions === undefined) {
      if (typeof found !== 'function') {
        fail(`it must export the function \`${name}\` for the world's \`${wit}\`, and it exports ${listed(extension)}`);
      }
      return guard(name, undefined, (...values) => found(...values));
    }
    if (found === null || typeof found !== 'object') {
      const needed = functions.map((one) => `\`${one.name}\``).join(', ') || 'its functions';
      fail(`it must export the object \`${name}\` with ${needed} for ${wit}, and it exports ${listed(extension)}`);
    }
    const members = functions.map((one) => {
      if (typeof found[one.name] !== 'function') {
        fail(`\`${name}\` must have the function \`${one.name}\` for ${wit}, and it has ${listed(found)}`);
      }
      return [one.name, guard(`${name}.${one.name}`, one.errors, (...values) => found[one.name](...values))];
    });
    return members.length === 0 ? found : Object.fromEntries(members);
  });
}

/** Makes a function log its exceptions. A value of `errors` is an answer and no exception. */
function guarded(log, shown) {
  return (name, errors, call) =>
    (...values) => {
      try {
        const answer = call(...values);
        if (typeof answer?.then === 'function') throw new TypeError('it returned a promise; a function must not be async');
        return answer;
      } catch (error) {
        const isAnswer = errors !== undefined && (errors.includes(error) || (errors.length === 0 && !(error instanceof Error)));
        if (!isAnswer) log('critical', name, shown(error));
        throw error;
      }
    };
}

/** An exception as one line: its name, message, stack and causes. */
function shown(error) {
  const CHARS_MAX = 400;
  const CAUSES_MAX = 3;
  const cut = (text) => (text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX)}…` : text);
  const line = (text) => text.split(/\s*[\r\n]+\s*/).filter((part) => part !== '').join(' ');
  const texts = [];
  try {
    for (let one = error; one !== undefined && texts.length <= CAUSES_MAX; one = one.cause) {
      if (!(one instanceof Error)) {
        texts.push(cut(`it threw ${typeof one === 'string' ? one : (JSON.stringify(one) ?? String(one))}`));
        break;
      }
      const isOfExtension = (frame) => /^\s*at /.test(frame) && !frame.includes('.extension-entry.js');
      const frames = String(one.stack ?? '').split('\n').filter(isOfExtension);
      texts.push(line(`${cut(`${one.name}: ${one.message}`)}\n${cut(frames.join('\n'))}`));
    }
  } catch {
    texts.push('an exception that cannot be shown');
  }
  return texts.join(' caused by ');
}
