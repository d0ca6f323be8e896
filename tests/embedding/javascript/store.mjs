// A store in memory. It answers the reads of the thirteen operations and commits every change that an operation may return. Values
// are those of the generated bindings. It knows nothing of WebAssembly; a real host uses a database instead.

const TABLES = [
  'users', 'entitlements', 'requests', 'consumers', 'banks', 'customers', 'links', 'accounts', 'views',
  'checks', 'documents', 'medias', 'statuses', 'meetings', 'notes',
];

/** Joins the parts of a key, which may contain any characters. */
const key = (...parts) => JSON.stringify(parts.map(String));

// A table is a Map in the order of writing. These functions return whether their precondition holds.
const insert = (table, id, row) => {
  if (table.has(id)) return false;
  table.set(id, row);
  return true;
};
const replace = (table, id, changed) => {
  if (!table.has(id)) return false;
  table.set(id, { ...table.get(id), ...changed });
  return true;
};
const remove = (table, id) => table.delete(id);

const none = (table, matches) => ![...table.values()].some(matches);
const lastWrittenFirst = (table, matches) => [...table.values()].filter(matches).reverse();

const hasCustomer = ({ customers }, bankId, customerId) => customers.has(key(bankId, customerId));
const isNumberNew = (table, bankId, field, number) =>
  none(table, (row) => row.bankId === bankId && row[field] === number);
const isSameRole = (one, other) => one.roleName === other.roleName && one.bankId === other.bankId;

const putKyc = (tables, table, record) => {
  const id = key(record.bankId, record.customerId, record.id);
  // A record that is written again moves to the end, which is the front of a list that is read last written first.
  remove(table, id);
  return hasCustomer(tables, record.bankId, record.customerId) && insert(table, id, record);
};

/** The entries that a bank wrote about a customer, last written first. */
const bankEntries = ({ statuses }, bankId, customerId) =>
  lastWrittenFirst(statuses, ({ entry }) => entry.bankId === bankId && entry.status.customerId === customerId);

/** Statuses by date, newest first. Entries of the same date keep their order. */
const byDate = (statuses) =>
  statuses.toSorted((one, other) => Number(other.date.milliseconds - one.date.milliseconds));

/** The end of a bank's timeline, or undefined if the bank has written no entry. */
const bankTimeline = (tables, bankId, customerId) => {
  const entries = bankEntries(tables, bankId, customerId);
  if (entries.length === 0) return undefined;
  const sorted = byDate(entries.map(({ entry }) => entry.status));
  return {
    lastWritten: entries[0].entry.status,
    lastNumber: entries[0].number,
    newest: sorted[0],
    lastOkDate: sorted.find((status) => status.ok)?.date,
  };
};

/** Applies a change by its tag. Returns false if its precondition does not hold. */
const CHANGES = {
  'create-user': ({ users }, row) =>
    none(users, ({ user }) => user.username === row.user.username) && insert(users, row.user.userId, row),
  'reset-failed-logins': () => true, // This host has no logins.
  'create-bank': ({ banks }, row) => insert(banks, row.id, row),
  'replace-bank': ({ banks }, row) => replace(banks, row.id, row),
  'create-customer': ({ banks, customers }, row) =>
    banks.has(row.bankId) &&
    isNumberNew(customers, row.bankId, 'customerNumber', row.customerNumber) &&
    insert(customers, key(row.bankId, row.customerId), row),
  'change-customer-number': ({ customers }, { bankId, customerId, customerNumber }) => {
    const id = key(bankId, customerId);
    const isOwn = customers.get(id)?.customerNumber === customerNumber;
    const isNew = isOwn || isNumberNew(customers, bankId, 'customerNumber', customerNumber);
    return isNew && replace(customers, id, { customerNumber });
  },
  'link-user-to-customer': (tables, { bankId, link }) =>
    tables.users.has(link.userId) &&
    hasCustomer(tables, bankId, link.customerId) &&
    insert(tables.links, key(link.userId, bankId), link),
  'create-account': ({ banks, users, accounts }, row) =>
    banks.has(row.bankId) &&
    users.has(row.userId) &&
    isNumberNew(accounts, row.bankId, 'number', row.number) &&
    insert(accounts, key(row.bankId, row.accountId), row),
  'grant-view': ({ users, accounts, views }, row) =>
    users.has(row.userId) &&
    accounts.has(key(row.bankId, row.accountId)) &&
    insert(views, key(row.userId, row.bankId, row.accountId, row.viewId), row),
  'grant-entitlement': ({ users, entitlements }, row) =>
    users.has(row.userId) &&
    none(entitlements, (held) => held.userId === row.userId && isSameRole(held.entitlement, row.entitlement)) &&
    insert(entitlements, row.entitlement.entitlementId, row),
  'revoke-entitlement': ({ entitlements }, id) => remove(entitlements, id),
  'request-entitlement': ({ users, requests }, row) =>
    users.has(row.userId) &&
    none(requests, (asked) => asked.userId === row.userId && isSameRole(asked, row)) &&
    insert(requests, row.entitlementRequestId, row),
  'drop-entitlement-request': ({ requests }, id) => remove(requests, id),
  'create-consumer': ({ users, consumers }, row) =>
    users.has(row.createdByUserId) &&
    none(consumers, (consumer) => consumer.key === row.key) &&
    insert(consumers, row.consumerId, row),
  'switch-consumer': ({ consumers }, row) => replace(consumers, row.consumerId, row),
  'put-kyc-check': (tables, row) => putKyc(tables, tables.checks, row),
  'put-kyc-document': (tables, row) => putKyc(tables, tables.documents, row),
  'put-kyc-media': (tables, row) => putKyc(tables, tables.medias, row),
  'add-kyc-status': (tables, { entry, after }) => {
    const { bankId, status: { customerId } } = entry;
    const isAfter = bankEntries(tables, bankId, customerId)[0]?.number === after;
    const ofCustomer = lastWrittenFirst(tables.statuses, (row) => row.entry.status.customerId === customerId);
    const number = (ofCustomer[0]?.number ?? 0n) + 1n;
    return isAfter && hasCustomer(tables, bankId, customerId) &&
      insert(tables.statuses, key(customerId, number), { entry, number });
  },
  'set-customer-kyc-status': ({ customers }, { bankId, customerId, kycStatus, lastOkDate }) => {
    const id = key(bankId, customerId);
    const details = { ...customers.get(id)?.details, kycStatus, ...(lastOkDate && { lastOkDate }) };
    return replace(customers, id, { details });
  },
  'create-meeting': ({ banks, users, meetings }, row) =>
    banks.has(row.bankId) &&
    users.has(row.present.customerUserId) &&
    insert(meetings, key(row.bankId, row.meetingId), row),
  'set-meeting-staff': ({ users, meetings }, { bankId, meetingId, staffUserId }) => {
    const id = key(bankId, meetingId);
    const present = { ...meetings.get(id)?.present, staffUserId };
    return users.has(staffUserId) && replace(meetings, id, { present });
  },
  'note-screening': ({ notes }, row) => insert(notes, notes.size, row),
};

/** The reads from one state of the tables, by interface. */
const reads = (tables) => {
  const { users, entitlements, banks, customers, accounts, statuses, meetings } = tables;
  const rolesOf = (userId) =>
    [...entitlements.values()]
      .filter((held) => held.userId === userId)
      .map((held) => held.entitlement)
      .sort((one, other) => (one.roleName < other.roleName ? -1 : Number(one.roleName > other.roleName)));
  const detailsOf = (user) => user && { ...user, entitlements: { list: rolesOf(user.userId) } };
  // The records at all banks, or undefined if there is no such customer.
  const kycList = (table) => (customerId) => {
    const isOfCustomer = (row) => row.customerId === customerId;
    return none(customers, isOfCustomer) ? undefined : lastWrittenFirst(table, isOfCustomer);
  };
  return {
    'accounts-storage': {
      factsForCreate: (bankId, accountId, ownerUserId) => {
        const owner = users.get(ownerUserId)?.user;
        return {
          bankExists: banks.has(bankId),
          owner: owner && [owner.provider, owner.username],
          accountExists: accounts.has(key(bankId, accountId)),
        };
      },
    },
    'banks-storage': { exists: (bankId) => banks.has(bankId) },
    'entitlements-storage': { ofUser: rolesOf },
    'kyc-storage': {
      factsForWrite: (bankId, customerId) => ({
        bankExists: banks.has(bankId),
        customerExists: hasCustomer(tables, bankId, customerId),
      }),
      checks: kycList(tables.checks),
      documents: kycList(tables.documents),
      medias: kycList(tables.medias),
      statuses: (customerId) => {
        if (none(customers, (row) => row.customerId === customerId)) return undefined;
        const entries = lastWrittenFirst(statuses, ({ entry }) => entry.status.customerId === customerId);
        return byDate(entries.map(({ entry }) => entry.status));
      },
      timeline: (bankId, customerId) => bankTimeline(tables, bankId, customerId),
    },
    'meetings-storage': {
      find: (bankId, meetingId) => meetings.get(key(bankId, meetingId)),
      atBank: (bankId) => lastWrittenFirst(meetings, (meeting) => meeting.bankId === bankId),
    },
    'users-storage': {
      byId: (userId) => detailsOf(users.get(userId)?.user),
      byUsername: (username) =>
        detailsOf([...users.values()].find((row) => row.user.username === username)?.user),
    },
  };
};

export class Store {
  #tables = Object.fromEntries(TABLES.map((name) => [name, new Map()]));

  /** The state that one invocation reads. Later commits do not change it. */
  snapshot() {
    return reads(this.#tables);
  }

  /** Writes all of the changes, or none if a precondition does not hold. Returns which. */
  commit(changes) {
    const next = Object.fromEntries(Object.entries(this.#tables).map(([name, rows]) => [name, new Map(rows)]));
    for (const { tag, val } of changes) {
      if (!Object.hasOwn(CHANGES, tag)) throw new Error(`there is no change ${tag}`);
      // The order matters: a later change may depend on an earlier one.
      if (!CHANGES[tag](next, val)) return false;
    }
    this.#tables = next;
    return true;
  }
}
