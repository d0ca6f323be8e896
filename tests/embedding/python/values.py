"""Conversion between the values of this host and those of the package `wasmtime`.

In this host, a record is a dictionary by the names of the WIT, and a variant is `{"tag": …, "val": …}`. Texts, numbers, booleans,
lists and tuples are Python's, and none is None. The package's records have attributes that are not Python names (`bank-id`).
"""

from wasmtime.component import Record, Variant


def to_component(value):
    if isinstance(value, dict) and "tag" in value:
        return Variant(value["tag"], to_component(value.get("val")))
    if isinstance(value, dict):
        record = Record()
        for name, member in value.items():
            setattr(record, name, to_component(member))
        return record
    if isinstance(value, (list, tuple)):
        return type(value)(map(to_component, value))
    return value


def from_component(value):
    if isinstance(value, Variant):
        return {"tag": value.tag} if value.payload is None else {"tag": value.tag, "val": from_component(value.payload)}
    if isinstance(value, Record):
        return {name: from_component(member) for name, member in vars(value).items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(from_component, value))
    return value


def refusal(answer):
    """Splits the answer of a call into the problem, or None, and the reply.

    The package names the case of a result only if both sides have the same Python class. A problem is a record.
    """
    if isinstance(answer, Variant):
        return (None, answer.payload) if answer.tag == "ok" else (answer.payload, None)
    return (answer, None) if isinstance(answer, Record) else (None, answer)
