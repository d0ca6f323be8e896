import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ENTRY, entry } from '../entry.mjs';
import { packageOf, worldOf } from '../world.mjs';

const ONBOARDING = `
package obp:onboarding@0.1.0;
/// interface forged { screen: func(); }
interface screening {
  variant subject { user(user), }
  /// Text: with a colon, and screen: func().
  screen: func(subject: subject) -> verdict;
}
interface meeting-provider {
  enum unavailable {
    /// A comment.
    key-missing,
    secret-missing,
  }
  record session { session-id: string }
  readiness: func(bank-id: string) -> result<_, unavailable>;
  create-session: func(
    provider-id: string,
    request: session,
  ) -> result<session, unavailable>;
}`;

const world = (body) => worldOf(`package local:x;\n${body}`, [ONBOARDING], 'obp:onboarding');

test('a package has a name, and may have a version', () => {
  assert.deepEqual(packageOf(ONBOARDING), { name: 'obp:onboarding', version: '@0.1.0' });
  assert.deepEqual(packageOf('// package a:b;\npackage local:x;'), { name: 'local:x', version: '' });
  assert.equal(packageOf('interface a {}').name, undefined);
});

test('the exports of a world have the names and functions of JavaScript', () => {
  const screen = { name: 'screen', errors: undefined };
  const unavailable = ['key-missing', 'secret-missing'];
  const found = world(`/* world other { */ world my-extension {
    import obp:onboarding/logging@0.1.0;
    // export obp:onboarding/settings@0.1.0;
    export obp:onboarding/screening@0.1.0;
    export obp:onboarding/meeting-provider@0.1.0;
    export ping-all: func(a: string) -> string;
    export inline: interface { f: func(); }
    export own;
  }
  interface own { g: func(); }`);
  assert.equal(found.name, 'my-extension');
  assert.deepEqual(found.exports, [
    { wit: 'obp:onboarding/screening@0.1.0', name: 'screening', functions: [screen] },
    {
      wit: 'obp:onboarding/meeting-provider@0.1.0',
      name: 'meetingProvider',
      functions: [{ name: 'readiness', errors: unavailable }, { name: 'createSession', errors: unavailable }],
    },
    { wit: 'ping-all', name: 'pingAll', functions: undefined },
    { wit: 'inline', name: 'inline', functions: [] },
    { wit: 'own', name: 'own', functions: [{ name: 'g', errors: undefined }] },
  ]);
});

test('a text without exactly one world is refused', () => {
  assert.throws(() => world(''), /must have one world, and it has 0$/);
  assert.throws(() => world('world a { } world b { }'), /must have one world, and it has 2: a, b$/);
  assert.equal(world('world a { }').name, 'a');
});

/** Runs the generated module with this extension. Returns its exports and the lines that it logs. */
function run(exports, extension) {
  const lines = [];
  const source = entry(exports, 'obp:onboarding/logging@0.1.0').replace(/^import .*$/gm, '').replace(/^export .*$/gm, '');
  const log = (level, context, message) => lines.push(`${level} ${context} ${message}`);
  const fitted = new Function('extension', 'log', `${source}; return fitted;`)(extension, log);
  return { fitted, lines };
}

const SCREENING = { wit: 'obp:onboarding/screening@0.1.0', name: 'screening', functions: [{ name: 'screen' }] };
const PROVIDER = { wit: 'p', name: 'provider', functions: [{ name: 'ready', errors: ['key-missing'] }] };
const PING = { wit: 'ping', name: 'ping' };

test('an extension that lacks an export is refused with the name that it should have', () => {
  const screen = () => 'accept';
  for (const [exports, extension, reason] of [
    [[SCREENING], {}, /object `screening` with `screen` for obp:onboarding\/screening@0.1.0, and it exports nothing$/],
    [[SCREENING], { screenings: { screen } }, /object `screening` .* and it exports screenings$/],
    [[SCREENING], { screening: screen }, /object `screening` .* and it exports screening$/],
    [[SCREENING], { default: { screening: { screen } } }, /object `screening` .* and it exports default$/],
    [[SCREENING], { screening: null }, /object `screening`/],
    [[SCREENING], { screening: { scren: screen } }, /`screening` must have the function `screen` .* and it has scren$/],
    [[SCREENING], { screening: { screen: 7 } }, /`screening` must have the function `screen` .* and it has screen$/],
    [[SCREENING, PROVIDER], { screening: { screen } }, /object `provider` with `ready` for p/],
    [[PING], { pong: screen }, /function `ping` for the world's `ping`, and it exports pong$/],
  ]) {
    assert.throws(() => run(exports, extension), (error) => reason.test(error.message), String(reason));
  }
  // The controls: an object, an instance of a class, and a function.
  class Screener {
    verdict = 'accept';
    screen() {
      return this.verdict;
    }
  }
  for (const screening of [{ screen }, new Screener()]) {
    assert.equal(run([SCREENING], { screening }).fitted[0].screen(), 'accept');
  }
  assert.equal(run([PING], { ping: (text) => text }).fitted[0]('a'), 'a');
});

test('an exception is logged in one line with its message, its stack and its causes, and is thrown on', () => {
  const circle = new Error('outer');
  circle.cause = circle;
  const mute = new Error('');
  Object.defineProperty(mute, 'message', { get: () => { throw new Error('again'); } });
  for (const [thrown, expected] of [
    [new RangeError('the limit is 3'), /^critical screening.screen RangeError: the limit is 3 .*builder\.test\.mjs:\d+/],
    [new Error('a\nb\r\n  c'), /Error: a b c /],
    [new Error('outer', { cause: new TypeError('inner') }), /Error: outer .* caused by TypeError: inner .*builder\.test/],
    [circle, /Error: outer .*(caused by .*){3}$/],
    [new Error('x'.repeat(9999)), /Error: x{390,400}… .*builder\.test/],
    ['text', /^critical screening.screen it threw text$/],
    [{ code: 7 }, /it threw \{"code":7\}$/],
    [undefined, /^critical screening.screen/],
    [mute, /an exception that cannot be shown$/],
  ]) {
    const screen = () => {
      throw thrown;
    };
    const { fitted, lines } = run([SCREENING], { screening: { screen } });
    assert.throws(() => fitted[0].screen(), (error) => error === thrown);
    assert.equal(lines.length, 1);
    assert.match(lines[0], expected);
    assert.ok(!/[\r\n]/.test(lines[0]) && !lines[0].includes(ENTRY), lines[0]);
  }
});

test('an answer that is thrown is no exception', () => {
  const throwing = (value) =>
    run([PROVIDER], { provider: { ready: () => { throw value; } } });
  for (const [value, logged] of [['key-missing', 0], ['keymissing', 1], [new Error('key-missing'), 1]]) {
    const { fitted, lines } = throwing(value);
    assert.throws(() => fitted[0].ready());
    assert.equal(lines.length, logged, String(value));
  }
});

test('a function that returns a promise fails with the reason', () => {
  const { fitted, lines } = run([SCREENING], { screening: { screen: async () => 'accept' } });
  assert.throws(() => fitted[0].screen(), TypeError);
  assert.match(lines[0], /TypeError: it returned a promise; a function must not be async/);
});
