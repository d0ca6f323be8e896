// Runs the conformance kit's vectors against the example host, and measures it. For Node.js and browsers alike: it reads no
// file and prints nothing, which is left to whoever calls.

import { LostRace } from './host.mjs';
import { Store } from './store.mjs';

/** The thirteen operations, and which of them return changes. */
const OPERATIONS = {
  accounts: { create: 'change' },
  kyc: {
    'add-check': 'change',
    'add-document': 'change',
    'add-media': 'change',
    'add-status': 'change',
    checks: 'ask',
    documents: 'ask',
    medias: 'ask',
    statuses: 'ask',
  },
  meetings: { create: 'change', get: 'ask', 'at-bank': 'ask' },
  users: { create: 'change' },
};

/** Something is wrong with a vector, not with the host. */
export class BadVector extends Error {}

const camelCase = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const kebabCase = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The members that have 64 bits, which the bindings want as a BigInt. */
const WIDE = ['milliseconds', 'seconds'];

/** A value of the bindings from its form in JSON. */
const fromJson = (value, name) => {
  if (value === null) return undefined;
  if (WIDE.includes(name)) return BigInt(value);
  return map(value, fromJson, camelCase);
};

/** The form in JSON of a value of the bindings. */
const toJson = (value) => {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  return map(value, toJson, kebabCase);
};

const map = (value, convert, rename) => {
  if (Array.isArray(value)) return value.map((item) => convert(item));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [rename(name), convert(member, name)]));
};

/** Where two values in JSON differ first, or undefined. */
const difference = (expected, actual, path) => {
  const isInner = (value) => typeof value === 'object' && value !== null;
  if (!isInner(expected) || !isInner(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    if (expected === actual) return undefined;
    return `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
  }
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const found = difference(expected[name], actual[name], `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What a step says that the host answers beside the store's facts. */
const services = (host) => {
  const answer = (name) => {
    if (host[name] === undefined) throw new Error(`this step does not say what to answer for ${name}`);
    return fromJson(host[name]);
  };
  const result = (name) => () => {
    const { tag, val } = answer(name);
    if (tag === 'err') throw val;
    return val;
  };
  return {
    now: () => answer('now'),
    randomness: () => {
      const left = answer('random').map(BigInt);
      return () => {
        if (left.length === 0) throw new Error('asked for more random numbers than the step has');
        return left.shift();
      };
    },
    hashPassword: () => answer('password-hash'),
    screen: () => answer('screening'),
    readiness: result('readiness'),
    createSession: result('session'),
  };
};

/** How a step is called: as what kind of operation, and the call itself. */
const callOf = ({ interface: noun, function: name, arguments: args }) => {
  const kind = OPERATIONS[noun]?.[name];
  if (kind === undefined) throw new BadVector(`${noun}.${name} is none of the thirteen operations`);
  const values = fromJson(args);
  return { kind, call: (exports) => exports[noun][camelCase(name)](...values) };
};

const commitAll = (store, changes, what) => {
  let isCommitted;
  try {
    isCommitted = store.commit(fromJson(changes));
  } catch (error) {
    throw new BadVector(`${what} is no list of changes: ${error}`);
  }
  if (!isCommitted) throw new BadVector(`the preconditions of ${what} do not hold`);
};

const storeOf = (vector) => {
  const store = new Store();
  commitAll(store, vector.given, '`given`');
  return store;
};

/** The store, as somebody who is always faster has it: `meanwhile` is committed before the first changes are. */
const raced = (store, meanwhile = []) => ({
  snapshot: () => store.snapshot(),
  commit: (changes) => {
    commitAll(store, meanwhile.splice(0), '`meanwhile`');
    return store.commit(changes);
  },
});

const answerOf = (rules, store, step) => {
  if (step.commit !== undefined) return { committed: store.commit(fromJson(step.commit)) };
  const { kind, call } = callOf(step.call);
  try {
    return rules[kind](raced(store, [...(step.meanwhile ?? [])]), services(step.host), call);
  } catch (error) {
    if (error instanceof LostRace) return error.answer;
    throw error;
  }
};

/** Why a host does not pass a vector, or undefined if it does. */
const failure = (rules, vector) => {
  const store = storeOf(vector);
  for (const [index, step] of vector.steps.entries()) {
    let answer;
    try {
      answer = toJson(answerOf(rules, store, step));
    } catch (error) {
      if (error instanceof BadVector) throw error;
      return `step ${index + 1}: ${error}`;
    }
    const found = difference(step.answer, answer, 'answer');
    if (found !== undefined) return `step ${index + 1}: ${found}`;
  }
  return undefined;
};

/** Runs the vectors of all files, `{ operation, vectors }` each, and tells the result of each to `print`. */
export const runAll = (rules, files, print) => {
  for (const { operation, vectors } of files) {
    for (const vector of vectors) {
      const label = `${operation}/${vector.name}`;
      try {
        const why = failure(rules, vector);
        print(why === undefined ? { vector: label, ok: true } : { vector: label, ok: false, why });
      } catch (error) {
        throw error instanceof BadVector ? new BadVector(`${label}: ${error.message}`) : error;
      }
    }
  }
};

/** How often in a second and more the first call of addKycCheck is made, in a new instance each time. */
export const measure = (rules, files) => {
  const vector = files.find(({ operation }) => operation === 'addKycCheck')?.vectors[0];
  if (vector === undefined) throw new BadVector('there are no vectors of addKycCheck to measure by');
  const store = storeOf(vector);
  const { call } = callOf(vector.steps[0].call);
  const surroundings = services(vector.steps[0].host);
  const begin = performance.now();
  for (let calls = 1; ; calls += 1) {
    rules.propose(store, surroundings, call);
    const seconds = (performance.now() - begin) / 1000;
    if (seconds >= 1) return { calls, seconds };
  }
};
