// The host of the rules, for Node.js and browsers. It answers the component's imports, makes a new instance for every call, commits
// the changes that a call returns, and repeats the call if a precondition does not hold. It stores nothing itself.

/** Attempts of a call before the client must try again later. */
const TRIES_MAX = 3;

/** The records behind a handle. The rules pass the handle on without reading the records. */
class RecordList {
  constructor(records) {
    this.records = records;
  }
}

/** The error of a call whose changes were never written, because another call was faster each time. */
export class LostRace extends Error {
  constructor(answer) {
    super('the inputs changed each time before the changes could be written');
    this.answer = answer;
  }
}

/**
 * An interface of which this example has some functions. jco wants all functions and resources: each list is a `RecordList`, and
 * each other function fails if it is called.
 */
const partly = (name, functions = {}) => {
  const absent = (called) => () => {
    throw new Error(`${name}.${called} is not part of this example`);
  };
  return new Proxy(functions, {
    get: (_, member) => functions[member] ?? (/^[A-Z]\w*List$/.test(member) ? RecordList : absent(member)),
  });
};

/** The imports of one invocation, by the WIT's names without their version. Functions are in camel case. */
const imports = (facts, services) => {
  const handle = (read) => (customerId) => {
    const records = read(customerId);
    return records && new RecordList(records);
  };
  const kyc = facts['kyc-storage'];
  const now = services.now();
  return {
    'obp:onboarding/accounts-storage': partly('accounts-storage', facts['accounts-storage']),
    'obp:onboarding/banks-storage': partly('banks-storage', facts['banks-storage']),
    'obp:onboarding/consumers-storage': partly('consumers-storage'),
    'obp:onboarding/credentials': partly('credentials', {
      hashPassword: (password) => services.hashPassword(password),
    }),
    'obp:onboarding/customers-storage': partly('customers-storage'),
    'obp:onboarding/entitlements-storage': partly('entitlements-storage', facts['entitlements-storage']),
    'obp:onboarding/kyc-storage': partly('kyc-storage', {
      ...kyc,
      checks: handle(kyc.checks),
      documents: handle(kyc.documents),
      medias: handle(kyc.medias),
      statuses: handle(kyc.statuses),
    }),
    'obp:onboarding/meeting-provider': {
      // The bindings expect the error of a result as an exception.
      readiness: (bankId) => services.readiness(bankId),
      createSession: (providerId, request) => services.createSession(providerId, request),
      grantAccess: (providerId, participants) => services.grantAccess(providerId, participants),
    },
    'obp:onboarding/meetings-storage': partly('meetings-storage', facts['meetings-storage']),
    'obp:onboarding/screening': { screen: (subject) => services.screen(subject) },
    'obp:onboarding/users-storage': partly('users-storage', facts['users-storage']),
    // The clock stands still during an invocation.
    'wasi:clocks/wall-clock': { now: () => now },
    'wasi:random/random': { getRandomU64: services.randomness() },
  };
};

/**
 * The loaded rules, and their services beside a store:
 *
 * - `instantiate` and `modules`: the function that `jco transpile` made, and its compiled core modules by name;
 * - `services`: `now()`, `randomness()` (returns the random numbers' source of one invocation), `hashPassword(password)`,
 *   `screen(subject)`, `readiness(bankId)`, `createSession(providerId, request)`, `grantAccess(providerId, participants)`; the last
 *   three throw the reason if they fail.
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

  /** Makes a call that returns changes, once. Writes nothing. */
  propose(store, services, call) {
    return this.#invoke(store, services, (exports) => {
      const [reply, changes] = call(exports);
      return { reply, changes };
    });
  }

  /** Makes a call and commits its changes. Repeats the call on new inputs if a precondition does not hold. */
  change(store, services, call) {
    const request = { ...services, createSession: once(services.createSession) };
    for (let tries = 1; ; tries += 1) {
      const answer = this.propose(store, request, call);
      if (answer.problem || answer.changes.length === 0 || store.commit(answer.changes)) return answer;
      if (tries === TRIES_MAX) throw new LostRace(answer);
    }
  }

  /** Makes an instance for one invocation, so that no call sees the memory of another. Only compiled code is kept. */
  #invoke(store, services, call) {
    const exports = this.#instantiate((name) => this.#modules[name], imports(store.snapshot(), services));
    try {
      return call(exports);
    } catch (error) {
      // A refusal has the text for the client. Any other exception is a failure of the host or the component.
      if (error.payload === undefined) throw error;
      return { problem: error.payload };
    }
  }
}

/** Keeps a created session for the next attempt of the same call. */
const once = (createSession) => {
  const made = new Map();
  return (providerId, request) => {
    if (!made.has(providerId)) made.set(providerId, createSession(providerId, request));
    return made.get(providerId);
  };
};
