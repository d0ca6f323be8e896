// A screener that accepts every record and logs a line about it.

import { log } from 'obp:onboarding/logging@0.1.0';
import { get } from 'obp:onboarding/settings@0.1.0';

import { greeting } from './rule.js';

export const screening = {
  screen(subject) {
    log('info', '', greeting(get('greeting'), subject));
    return { tag: 'accept' };
  },
};
