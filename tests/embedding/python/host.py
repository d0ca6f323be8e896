"""The host of the rules. It answers the component's imports, makes a new instance for every call, commits the changes that a
call returns, and repeats the call if a precondition does not hold. It stores nothing itself.
"""

from contextvars import ContextVar

import wasmtime
from wasmtime.component import Component, FuncType, Linker, ResourceAny, ResourceHost, ResourceType

from values import from_component, refusal, to_component

PACKAGE, VERSION = "obp:onboarding/", "@0.1.0"

# Attempts of a call before the client must try again later.
TRIES_MAX = 3

# The lists that are passed as handles, by the function that reads them, each with a number for the type of its handles.
LISTS = {
    "checks": ("kyc-check-list", 1),
    "documents": ("kyc-document-list", 2),
    "medias": ("kyc-media-list", 3),
    "statuses": ("kyc-status-list", 4),
}


class LostRace(Exception):
    """The error of a call whose changes were never written, because another call was faster each time."""

    def __init__(self, answer):
        super().__init__("the inputs changed each time before the changes could be written")
        self.answer = answer


class Unavailable(Exception):
    """The reason why a meeting provider is not available: `not-supported`, `key-missing` or `secret-missing`."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Rules:
    """The loaded rules: the compiled component, linked to the imports.

    `services` is an object with `now()`, `randomness()` (returns the source of one invocation's random numbers),
    `hash_password(password)`, `screen(subject)`, `readiness(bank_id)`, `create_session(provider_id, request)` and
    `grant_access(provider_id, participants)`. The last three raise `Unavailable` if they fail.

    A call returns `{"reply": …, "changes": […]}`, or `{"problem": …}` if the rules refuse.
    """

    def __init__(self, component):
        self._engine = wasmtime.Engine()
        self._component = Component(self._engine, component)
        self._linker = Linker(self._engine)
        self._exports = {}
        types = {resource: number for resource, number in LISTS.values()}
        # A list of another noun, which no call of this example reads.
        other = len(types) + 1
        with self._linker.root() as root:
            for name, interface in self._component.type.imports(self._engine).items():
                with root.add_instance(name) as instance:
                    for item, extern in interface.ty.exports(self._engine).items():
                        kind = extern.ty
                        if isinstance(kind, FuncType):
                            instance.add_func(item, answering(name.partition("@")[0].removeprefix(PACKAGE), item))
                        elif isinstance(kind, ResourceType):
                            instance.add_resource(item, ResourceType.host(types.get(item, other)), lambda sandbox, rep: None)

    def ask(self, store, services, interface, function, *arguments):
        """Makes a call that changes nothing."""
        return self._invoke(store, services, interface, function, arguments, lambda reply: (reply, []))

    def propose(self, store, services, interface, function, *arguments):
        """Makes a call that returns changes, once. Writes nothing."""
        return self._invoke(store, services, interface, function, arguments, lambda both: both)

    def change(self, store, services, interface, function, *arguments):
        """Makes a call and commits its changes. Repeats the call on new inputs if a precondition does not hold."""
        services = Request(services)
        for _ in range(TRIES_MAX):
            answer = self.propose(store, services, interface, function, *arguments)
            if "problem" in answer or not answer["changes"] or store.commit(answer["changes"]):
                return answer
        raise LostRace(answer)

    def _invoke(self, store, services, interface, function, arguments, split):
        """Makes an instance for one invocation, so that no call sees the memory of another. Only compiled code is kept."""
        invocation = Invocation(store.snapshot(), services)
        before = INVOCATION.set(invocation)
        try:
            with wasmtime.Store(self._engine) as sandbox:
                instance = self._linker.instantiate(sandbox, self._component)
                called = instance.get_func(sandbox, self._export(interface, function))
                problem, answer = refusal(called(sandbox, *map(to_component, arguments)))
                if problem is not None:
                    return {"problem": from_component(problem)}
                reply, changes = split(invocation.behind(answer, sandbox))
                return {"reply": from_component(reply), "changes": from_component(changes)}
        finally:
            INVOCATION.reset(before)

    def _export(self, interface, function):
        """The index of the function in the component. It is looked up once."""
        if (interface, function) not in self._exports:
            instance = self._component.get_export_index(PACKAGE + interface + VERSION)
            self._exports[interface, function] = self._component.get_export_index(function, instance)
        return self._exports[interface, function]


class Request:
    """The services of one request. A created session is kept for the next attempt of the same call."""

    def __init__(self, services):
        self._services = services
        self._sessions = {}

    def __getattr__(self, name):
        return getattr(self._services, name)

    def create_session(self, provider_id, request):
        if provider_id not in self._sessions:
            self._sessions[provider_id] = self._services.create_session(provider_id, request)
        return self._sessions[provider_id]


class Invocation:
    """The state from which the imports of one invocation are answered."""

    def __init__(self, facts, services):
        self._lists = []
        now = services.now()
        handles = {read: self._handle(facts["kyc-storage"][read], number) for read, (_, number) in LISTS.items()}
        self.imports = {
            **facts,
            "kyc-storage": {**facts["kyc-storage"], **handles},
            "credentials": {"hash-password": services.hash_password},
            "meeting-provider": {
                "readiness": or_reason(services.readiness),
                "create-session": case_or_reason(services.create_session),
                "grant-access": or_reason(services.grant_access),
            },
            "screening": {"screen": services.screen},
            # The clock stands still during an invocation.
            "wasi:clocks/wall-clock": {"now": lambda: now},
            "wasi:random/random": {"get-random-u64": services.randomness()},
        }

    def _handle(self, read, number):
        """Reads a list and returns its handle, the position among the lists read so far."""

        def handle(customer_id):
            records = read(customer_id)
            if records is None:
                return None
            self._lists.append(records)
            return ResourceHost.own(len(self._lists) - 1, number)

        return handle

    def behind(self, answer, sandbox):
        """The list behind a handle. Returns any other value unchanged."""
        return self._lists[answer.to_host(sandbox).rep] if isinstance(answer, ResourceAny) else answer


# The package does not tell an import which call it answers.
INVOCATION = ContextVar("INVOCATION")


def answering(interface, function):
    """The import of this name. It is linked once, and uses the state of the current invocation."""

    def answer(_sandbox, *arguments):
        found = INVOCATION.get().imports.get(interface, {}).get(function)
        if found is None:
            raise NotImplementedError(f"{interface}.{function} is not part of this example")
        return to_component(found(*map(from_component, arguments)))

    return answer


def case_or_reason(service):
    """Wraps a result whose sides have the same Python class. The package then expects the value with its case."""

    def answer(*arguments):
        try:
            return {"tag": "ok", "val": service(*arguments)}
        except Unavailable as unavailable:
            return {"tag": "err", "val": unavailable.reason}

    return answer


def or_reason(service):
    """Wraps a result. If its sides have different Python classes, the package expects the value without its case."""

    def answer(*arguments):
        try:
            return service(*arguments)
        except Unavailable as unavailable:
            return unavailable.reason

    return answer
