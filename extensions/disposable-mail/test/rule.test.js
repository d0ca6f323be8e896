import assert from 'node:assert/strict';
import { test } from 'node:test';

import { blockedDomain } from '../src/rule.js';

const DOMAINS = 'mailinator.example, Trash.example,';

test('addresses of a listed domain and of its subdomains are found', () => {
  assert.equal(blockedDomain('ada@mailinator.example', DOMAINS), 'mailinator.example');
  assert.equal(blockedDomain('ada@TRASH.example', DOMAINS), 'trash.example');
  assert.equal(blockedDomain('ada@eu.trash.example', DOMAINS), 'trash.example');
  assert.equal(blockedDomain('"a@b"@trash.example.', DOMAINS), 'trash.example');
});

test('other addresses are not found, and an empty list finds nothing', () => {
  assert.equal(blockedDomain('ada@bank.example', DOMAINS), undefined);
  assert.equal(blockedDomain('ada@nottrash.example', DOMAINS), undefined);
  assert.equal(blockedDomain('trash.example@bank.example', DOMAINS), undefined);
  assert.equal(blockedDomain('ada@bank.example', ''), undefined);
});
