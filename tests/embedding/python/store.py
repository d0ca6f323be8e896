"""A store in memory. It answers the reads of the thirteen operations and commits every change that an operation may return.

Values are dictionaries by the names of the WIT. It knows nothing of WebAssembly; a real host uses a database instead.
"""

TABLES = (
    "users", "entitlements", "requests", "consumers", "banks", "customers", "links", "accounts", "views",
    "checks", "documents", "medias", "statuses", "meetings", "notes",
)


# A table is a dictionary in the order of writing. These functions return whether their precondition holds.
def insert(table, key, row):
    if key in table:
        return False
    table[key] = row
    return True


def replace(table, key, changed):
    if key not in table:
        return False
    table[key] = {**table[key], **changed}
    return True


def remove(table, key):
    return table.pop(key, None) is not None


def none(table, matches):
    return not any(matches(row) for row in table.values())


def last_written_first(table, matches):
    return [row for row in reversed(table.values()) if matches(row)]


def customer(row):
    return row["bank-id"], row["customer-id"]


def is_number_new(table, bank_id, field, number):
    return none(table, lambda row: row["bank-id"] == bank_id and row[field] == number)


def is_same_role(one, other):
    return one["role-name"] == other["role-name"] and one["bank-id"] == other["bank-id"]


def change_customer_number(t, row):
    key, number = customer(row), row["customer-number"]
    is_own = t["customers"].get(key, {}).get("customer-number") == number
    is_new = is_own or is_number_new(t["customers"], row["bank-id"], "customer-number", number)
    return is_new and replace(t["customers"], key, {"customer-number": number})


def put_kyc(t, table, record):
    key = (*customer(record), record["id"])
    # A record that is written again moves to the end, which is the front of a list that is read last written first.
    remove(t[table], key)
    return customer(record) in t["customers"] and insert(t[table], key, record)


def bank_entries(t, bank_id, customer_id):
    """The entries that a bank wrote about a customer, last written first."""
    key = (bank_id, customer_id)
    return last_written_first(t["statuses"], lambda row: (row["bank-id"], row["status"]["customer-id"]) == key)


def by_date(statuses):
    """Statuses by date, newest first. Entries of the same date keep their order."""
    return sorted(statuses, key=lambda status: -status["date"]["milliseconds"])


def bank_timeline(t, bank_id, customer_id):
    """The end of a bank's timeline, or None if the bank has written no entry."""
    entries = bank_entries(t, bank_id, customer_id)
    if not entries:
        return None
    statuses = by_date(row["status"] for row in entries)
    return {
        "last-written": entries[0]["status"],
        "last-number": entries[0]["number"],
        "newest": statuses[0],
        "last-ok-date": next((status["date"] for status in statuses if status["ok"]), None),
    }


def add_kyc_status(t, entry, after):
    key = (entry["bank-id"], entry["status"]["customer-id"])
    last = bank_timeline(t, *key)
    number = 1 + sum(row["status"]["customer-id"] == key[1] for row in t["statuses"].values())
    is_after = after == (last and last["last-number"])
    return is_after and key in t["customers"] and insert(t["statuses"], (key[1], number), {**entry, "number": number})


def set_customer_kyc_status(t, row):
    key = customer(row)
    details = {**t["customers"].get(key, {}).get("details", {}), "kyc-status": row["kyc-status"]}
    if row["last-ok-date"] is not None:
        details["last-ok-date"] = row["last-ok-date"]
    return replace(t["customers"], key, {"details": details})


def set_meeting_staff(t, row):
    key = (row["bank-id"], row["meeting-id"])
    present = {**t["meetings"].get(key, {}).get("present", {}), "staff-user-id": row["staff-user-id"]}
    return row["staff-user-id"] in t["users"] and replace(t["meetings"], key, {"present": present})


# Applies a change by its tag. Returns false if its precondition does not hold.
CHANGES = {
    "create-user": lambda t, row: (
        none(t["users"], lambda other: other["user"]["username"] == row["user"]["username"])
        and insert(t["users"], row["user"]["user-id"], row)
    ),
    "reset-failed-logins": lambda t, username: True,  # This host has no logins.
    "create-bank": lambda t, row: insert(t["banks"], row["id"], row),
    "replace-bank": lambda t, row: replace(t["banks"], row["id"], row),
    "create-customer": lambda t, row: (
        row["bank-id"] in t["banks"]
        and is_number_new(t["customers"], row["bank-id"], "customer-number", row["customer-number"])
        and insert(t["customers"], customer(row), row)
    ),
    "change-customer-number": change_customer_number,
    "link-user-to-customer": lambda t, row: (
        row["link"]["user-id"] in t["users"]
        and (row["bank-id"], row["link"]["customer-id"]) in t["customers"]
        and insert(t["links"], (row["link"]["user-id"], row["bank-id"]), row["link"])
    ),
    "create-account": lambda t, row: (
        row["bank-id"] in t["banks"]
        and row["user-id"] in t["users"]
        and is_number_new(t["accounts"], row["bank-id"], "number", row["number"])
        and insert(t["accounts"], (row["bank-id"], row["account-id"]), row)
    ),
    "grant-view": lambda t, row: (
        row["user-id"] in t["users"]
        and (row["bank-id"], row["account-id"]) in t["accounts"]
        and insert(t["views"], (row["user-id"], row["bank-id"], row["account-id"], row["view-id"]), row)
    ),
    "grant-entitlement": lambda t, row: (
        row["user-id"] in t["users"]
        and none(t["entitlements"], lambda held: held["user-id"] == row["user-id"]
                 and is_same_role(held["entitlement"], row["entitlement"]))
        and insert(t["entitlements"], row["entitlement"]["entitlement-id"], row)
    ),
    "revoke-entitlement": lambda t, key: remove(t["entitlements"], key),
    "request-entitlement": lambda t, row: (
        row["user-id"] in t["users"]
        and none(t["requests"], lambda asked: asked["user-id"] == row["user-id"] and is_same_role(asked, row))
        and insert(t["requests"], row["entitlement-request-id"], row)
    ),
    "drop-entitlement-request": lambda t, key: remove(t["requests"], key),
    "create-consumer": lambda t, row: (
        row["created-by-user-id"] in t["users"]
        and none(t["consumers"], lambda other: other["key"] == row["key"])
        and insert(t["consumers"], row["consumer-id"], row)
    ),
    "switch-consumer": lambda t, row: replace(t["consumers"], row["consumer-id"], row),
    "put-kyc-check": lambda t, row: put_kyc(t, "checks", row),
    "put-kyc-document": lambda t, row: put_kyc(t, "documents", row),
    "put-kyc-media": lambda t, row: put_kyc(t, "medias", row),
    "add-kyc-status": lambda t, row: add_kyc_status(t, row["entry"], row["after"]),
    "set-customer-kyc-status": set_customer_kyc_status,
    "create-meeting": lambda t, row: (
        row["bank-id"] in t["banks"]
        and row["present"]["customer-user-id"] in t["users"]
        and insert(t["meetings"], (row["bank-id"], row["meeting-id"]), row)
    ),
    "set-meeting-staff": set_meeting_staff,
    "note-screening": lambda t, row: insert(t["notes"], len(t["notes"]), row),
}


def reads(t):
    """The reads from one state of the tables, by interface."""

    def roles_of(user_id):
        held = (row["entitlement"] for row in t["entitlements"].values() if row["user-id"] == user_id)
        return sorted(held, key=lambda role: role["role-name"])

    def is_customer(customer_id):
        return not none(t["customers"], lambda row: row["customer-id"] == customer_id)

    def kyc_list(table):
        """The records at all banks, or None if there is no such customer."""
        return lambda customer_id: (
            last_written_first(t[table], lambda row: row["customer-id"] == customer_id)
            if is_customer(customer_id) else None
        )

    def statuses(customer_id):
        entries = last_written_first(t["statuses"], lambda row: row["status"]["customer-id"] == customer_id)
        return by_date(row["status"] for row in entries) if is_customer(customer_id) else None

    def facts_for_create(bank_id, account_id, owner_user_id):
        owner = t["users"].get(owner_user_id)
        return {
            "bank-exists": bank_id in t["banks"],
            "owner": owner and (owner["user"]["provider"], owner["user"]["username"]),
            "account-exists": (bank_id, account_id) in t["accounts"],
        }

    def details_of(user):
        return user and {**user, "entitlements": {"list": roles_of(user["user-id"])}}

    def by_id(user_id):
        return details_of(t["users"].get(user_id, {}).get("user"))

    def by_username(username):
        return details_of(
            next((row["user"] for row in t["users"].values() if row["user"]["username"] == username), None)
        )

    return {
        "accounts-storage": {"facts-for-create": facts_for_create},
        "banks-storage": {"exists": lambda bank_id: bank_id in t["banks"]},
        "entitlements-storage": {"of-user": roles_of},
        "kyc-storage": {
            "facts-for-write": lambda bank_id, customer_id: {
                "bank-exists": bank_id in t["banks"],
                "customer-exists": (bank_id, customer_id) in t["customers"],
            },
            "checks": kyc_list("checks"),
            "documents": kyc_list("documents"),
            "medias": kyc_list("medias"),
            "statuses": statuses,
            "timeline": lambda bank_id, customer_id: bank_timeline(t, bank_id, customer_id),
        },
        "meetings-storage": {
            "find": lambda bank_id, meeting_id: t["meetings"].get((bank_id, meeting_id)),
            "at-bank": lambda bank_id: last_written_first(t["meetings"], lambda row: row["bank-id"] == bank_id),
        },
        "users-storage": {"by-id": by_id, "by-username": by_username},
    }


class Store:
    def __init__(self):
        self._tables = {name: {} for name in TABLES}

    def snapshot(self):
        """The state that one invocation reads. Later commits do not change it."""
        return reads(self._tables)

    def commit(self, changes):
        """Writes all of the changes, or none if a precondition does not hold. Returns which."""
        tables = {name: dict(rows) for name, rows in self._tables.items()}
        for change in changes:
            if change["tag"] not in CHANGES:
                raise LookupError(f"there is no change {change['tag']}")
            # The order matters: a later change may depend on an earlier one.
            if not CHANGES[change["tag"]](tables, change["val"]):
                return False
        self._tables = tables
        return True
