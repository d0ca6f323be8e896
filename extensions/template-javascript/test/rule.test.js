import assert from 'node:assert/strict';
import { test } from 'node:test';

import { greeting } from '../src/rule.js';

test('the line contains the greeting and the kind of the subject', () => {
  assert.equal(greeting('Hello,', { tag: 'user', val: {} }), 'Hello, user');
  assert.equal(greeting(undefined, { tag: 'account', val: {} }), 'Seen: account');
});
