// Runs the conformance kit's vectors against the example host, and measures it, in Node.js and in browsers. The caller reads the
// files and prints the results.

import { LostRace } from './host.mjs';
import { Store } from './store.mjs';

/** The thirteen operations, by whether they return changes. */
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

/** The error of a malformed vector. The host is not the cause. */
export class BadVector extends Error {}

const camelCase = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const kebabCase = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The members with 64 bits, which the bindings need as a BigInt. */
const WIDE = ['after', 'milliseconds', 'seconds'];

/** Converts JSON to a value of the bindings. */
const fromJson = (value, name) => {
  if (value === null) return undefined;
  if (WIDE.includes(name)) return BigInt(value);
  return map(value, fromJson, camelCase);
};

/** Converts a value of the bindings to JSON. */
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

/** The first difference of two JSON values, or undefined. */
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

/** The services of a step: the host's answers that do not come from the store. */
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
    grantAccess: (_, participants) => {
      const access = result('access')();
      return participants.map(() => access);
    },
  };
};

/** The kind of a step's operation, and its call. */
const callOf = ({ interface: noun, function: name, arguments: args }) => {
  const kind = OPERATIONS[noun]?.[name];
  if (kind === undefined) throw new BadVector(`${noun}.${name} is not one of the thirteen operations`);
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

/** The store with a faster competitor: `meanwhile` is committed before the first changes of the call. */
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

/** The reason why a host fails a vector, or undefined if it passes. */
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

/** Runs the vectors of all files, `{ operation, vectors }` each, and passes each result to `print`. */
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

/** Repeats the first call of addKycCheck for at least a second, each in a new instance. Returns calls and seconds. */
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
