// Rejects new users whose e-mail address belongs to a domain that the operator has listed.

import { log } from 'obp:onboarding/logging@0.1.0';
import { get } from 'obp:onboarding/settings@0.1.0';

import { blockedDomain } from './rule.js';

export const screening = {
  screen(subject) {
    if (subject.tag !== 'user') return { tag: 'accept' };
    const blocked = blockedDomain(subject.val.email, get('blocked_domains') ?? '');
    if (blocked === undefined) return { tag: 'accept' };
    log('info', 'createUser', `rejected an address of ${blocked}`);
    return { tag: 'reject', val: `E-mail addresses of ${blocked} are not accepted.` };
  },
};
