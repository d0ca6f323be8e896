// The host of the rules: answers the component's imports, makes a new instance for every call, commits the changes that a
// call returns, and makes the call again if it lost a race. For Node.js and browsers alike; it stores nothing itself.

/** How often a call is made on new facts before whoever asked is to come again. */
const TRIES_MAX = 3;

/** What a handle stands for: records that the rules hand on without reading them. */
class RecordList {
  constructor(records) {
    this.records = records;
  }
}

/** A call whose changes were never written, because somebody else was faster each time. */
export class LostRace extends Error {
  constructor(answer) {
    super('the facts changed each time before the changes could be written');
    this.answer = answer;
  }
}

/** Imports that no call of this example needs. */
const absent = (name, ...functions) =>
  Object.fromEntries(
    functions.map((called) => [
      called,
      () => {
        throw new Error(`${name}.${called} is not part of this example`);
      },
    ]),
  );

/** What the component imports, for one invocation: by the WIT's names without their version, functions in camel case. */
const imports = (facts, services) => {
  const handle = (read) => (customerId) => {
    const records = read(customerId);
    return records && new RecordList(records);
  };
  const kyc = facts['kyc-storage'];
  const now = services.now();
  return {
    'obp:onboarding/accounts-storage': {
      ...absent('accounts-storage', 'find', 'heldBy', 'seenBy'),
      ...facts['accounts-storage'],
    },
    'obp:onboarding/banks-storage': { ...absent('banks-storage', 'all', 'find'), ...facts['banks-storage'] },
    'obp:onboarding/consumers-storage': absent('consumers-storage', 'exists', 'madeBy'),
    'obp:onboarding/credentials': {
      ...absent('credentials', 'digestSecret'),
      hashPassword: (password) => services.hashPassword(password),
    },
    'obp:onboarding/customers-storage': absent('customers-storage', 'atBank', 'byNumber', 'linkedTo'),
    'obp:onboarding/entitlements-storage': {
      ...absent('entitlements-storage', 'all', 'isSuperAdmin', 'request', 'requests'),
      ...facts['entitlements-storage'],
    },
    'obp:onboarding/kyc-storage': {
      KycCheckList: RecordList,
      KycDocumentList: RecordList,
      KycMediaList: RecordList,
      KycStatusList: RecordList,
      ...kyc,
      checks: handle(kyc.checks),
      documents: handle(kyc.documents),
      medias: handle(kyc.medias),
      statuses: handle(kyc.statuses),
    },
    'obp:onboarding/meeting-provider': {
      // The error of a result is thrown.
      readiness: (bankId) => services.readiness(bankId),
      createSession: (providerId, request) => services.createSession(providerId, request),
    },
    'obp:onboarding/meetings-storage': facts['meetings-storage'],
    'obp:onboarding/screening': { screen: (subject) => services.screen(subject) },
    'obp:onboarding/users-storage': {
      ...absent('users-storage', 'byId', 'failedLogins', 'page'),
      ...facts['users-storage'],
    },
    // The clock stands still during an invocation.
    'wasi:clocks/wall-clock': { now: () => now },
    'wasi:random/random': { getRandomU64: services.randomness() },
  };
};

/**
 * Rules that are loaded, with what they need beside a store:
 *
 * - `instantiate` and `modules`: the function that `jco transpile` made, and its core modules by name, compiled;
 * - `services`: `now()`, `randomness()` (makes the source of one invocation's random numbers), `hashPassword(password)`,
 *   `screen(subject)`, `readiness(bankId)`, `createSession(providerId, request)`; the last two throw why they cannot.
 *
 * A call is a function of the component's exports. Its answer is `{ reply, changes }`, or `{ problem }` if the rules refuse.
 */
export class Rules {
  #instantiate;
  #modules;

  constructor(instantiate, modules) {
    this.#instantiate = instantiate;
    this.#modules = modules;
  }

  /** Makes a call that changes nothing. */
  ask(store, services, call) {
    return this.#invoke(store, services, (exports) => {
      const reply = call(exports);
      return { reply: reply instanceof RecordList ? reply.records : reply, changes: [] };
    });
  }

  /** Makes a call, once, that returns changes. Nothing is written. */
  propose(store, services, call) {
    return this.#invoke(store, services, (exports) => {
      const [reply, changes] = call(exports);
      return { reply, changes };
    });
  }

  /** Makes a call and commits the changes it returns; makes it again, on new facts, if it lost a race. */
  change(store, services, call) {
    const request = { ...services, createSession: once(services.createSession) };
    for (let tries = 1; ; tries += 1) {
      const answer = this.propose(store, request, call);
      if (answer.problem || answer.changes.length === 0 || store.commit(answer.changes)) return answer;
      if (tries === TRIES_MAX) throw new LostRace(answer);
    }
  }

  /** An instance serves one invocation: no call sees what another left behind. Only compiled code is kept. */
  #invoke(store, services, call) {
    const exports = this.#instantiate((name) => this.#modules[name], imports(store.snapshot(), services));
    try {
      return call(exports);
    } catch (error) {
      // A refusal carries what the client is told. Anything else is a failure, and nobody's answer.
      if (error.payload === undefined) throw error;
      return { problem: error.payload };
    }
  }
}

/** A session that was made for a call which lost its race is used again. */
const once = (createSession) => {
  const made = new Map();
  return (providerId, request) => {
    if (!made.has(providerId)) made.set(providerId, createSession(providerId, request));
    return made.get(providerId);
  };
};
