"""Runs the conformance kit's vectors against the example host, and measures it. The caller reads the files and prints the
results.
"""

import json
import time

from host import LostRace, Unavailable
from store import Store

# The thirteen operations, by whether they return changes.
OPERATIONS = {
    ("accounts", "create"): "change",
    ("kyc", "add-check"): "change",
    ("kyc", "add-document"): "change",
    ("kyc", "add-media"): "change",
    ("kyc", "add-status"): "change",
    ("kyc", "checks"): "ask",
    ("kyc", "documents"): "ask",
    ("kyc", "medias"): "ask",
    ("kyc", "statuses"): "ask",
    ("meetings", "create"): "change",
    ("meetings", "get"): "ask",
    ("meetings", "at-bank"): "ask",
    ("users", "create"): "change",
}


class BadVector(Exception):
    """The error of a malformed vector. The host is not the cause."""


def difference(expected, actual, path):
    """The first difference of two values, or None. This host's values have the form of JSON, so nothing is converted."""
    if type(expected) is type(actual) and expected == actual:
        return None
    if isinstance(expected, dict) and isinstance(actual, dict) and expected.keys() == actual.keys():
        names = expected.keys()
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        names = range(len(expected))
    else:
        return f"{path}: expected {json.dumps(expected)}, got {json.dumps(actual)}"
    found = (difference(expected[name], actual[name], f"{path}.{name}") for name in names)
    return next((text for text in found if text is not None), None)


class Services:
    """The services of a step: the host's answers that do not come from the store."""

    def __init__(self, host):
        self._host = host

    def _answer(self, name):
        if name not in self._host:
            raise KeyError(f"this step does not say what to answer for {name}")
        return self._host[name]

    def _result(self, name):
        result = self._answer(name)
        if result["tag"] == "err":
            raise Unavailable(result["val"])
        return result.get("val")

    def now(self):
        return self._answer("now")

    def randomness(self):
        left = list(map(int, self._answer("random")))

        def number():
            if not left:
                raise RuntimeError("asked for more random numbers than the step has")
            return left.pop(0)

        return number

    def hash_password(self, _password):
        return self._answer("password-hash")

    def screen(self, _subject):
        return self._answer("screening")

    def readiness(self, _bank_id):
        return self._result("readiness")

    def create_session(self, _provider_id, _request):
        return self._result("session")

    def grant_access(self, _provider_id, participants):
        access = self._result("access")
        return [access for _ in participants]


class Raced:
    """The store with a faster competitor: `meanwhile` is committed before the first changes of the call."""

    def __init__(self, store, meanwhile):
        self.snapshot = store.snapshot
        self._store = store
        self._meanwhile = meanwhile

    def commit(self, changes):
        meanwhile, self._meanwhile = self._meanwhile, []
        commit_all(self._store, meanwhile, "`meanwhile`")
        return self._store.commit(changes)


def commit_all(store, changes, what):
    try:
        if not store.commit(changes):
            raise BadVector(f"the preconditions of {what} do not hold")
    except (LookupError, TypeError) as error:
        raise BadVector(f"{what} is no list of changes: {error!r}") from error


def store_of(vector):
    store = Store()
    commit_all(store, vector.get("given"), "`given`")
    return store


def called(step):
    """The kind of a step's operation, and its interface, function and arguments."""
    interface, function = step["call"]["interface"], step["call"]["function"]
    if (interface, function) not in OPERATIONS:
        raise BadVector(f"{interface}.{function} is not one of the thirteen operations")
    return OPERATIONS[interface, function], (interface, function, *step["call"]["arguments"])


def answer_of(rules, store, step):
    if "commit" in step:
        return {"committed": store.commit(step["commit"])}
    kind, call = called(step)
    try:
        return getattr(rules, kind)(Raced(store, step.get("meanwhile", [])), Services(step["host"]), *call)
    except LostRace as lost:
        return lost.answer


def failure(rules, vector):
    """The reason why the host fails a vector, or None if it passes."""
    store = store_of(vector)
    for number, step in enumerate(vector["steps"], 1):
        try:
            answer = answer_of(rules, store, step)
        except BadVector:
            raise
        except Exception as error:  # Whatever it is, it is this vector's result.
            return f"step {number}: {type(error).__name__}: {error}"
        found = difference(step["answer"], answer, "answer")
        if found is not None:
            return f"step {number}: {found}"
    return None


def run_all(rules, files, tell):
    """Runs the vectors of all files, an operation and its vectors each, and passes each result on."""
    for operation, vectors in files:
        for vector in vectors:
            label = f"{operation}/{vector['name']}"
            try:
                why = failure(rules, vector)
            except BadVector as error:
                raise BadVector(f"{label}: {error}") from error
            tell({"vector": label, "ok": True} if why is None else {"vector": label, "ok": False, "why": why})


def measure(rules, files):
    """Repeats the first call of addKycCheck for at least a second, each in a new instance. Returns calls and seconds."""
    vector = next((vectors[0] for operation, vectors in files if operation == "addKycCheck" and vectors), None)
    if vector is None:
        raise BadVector("there are no vectors of addKycCheck to measure by")
    store, services = store_of(vector), Services(vector["steps"][0]["host"])
    _, call = called(vector["steps"][0])
    calls, begin = 0, time.perf_counter()
    while (seconds := time.perf_counter() - begin) < 1:
        rules.propose(store, services, *call)
        calls += 1
    return {"calls": calls, "seconds": seconds}
