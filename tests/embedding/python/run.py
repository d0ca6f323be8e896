"""The runner: python run.py --component FILE --vectors FOLDER

Prints a line for each vector, and the speed of the host. The other files contain the host itself. Missing or unusable arguments
end the program with a message and exit code 2.
"""

import argparse
import json
import sys
from pathlib import Path

from wasmtime import WasmtimeError

from host import Rules
from vectors import BadVector, measure, run_all


def options():
    parser = argparse.ArgumentParser(description="Runs the conformance kit's vectors against the example host in Python.")
    parser.add_argument("--component", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    return parser.parse_args()


def vector_files(folder):
    """The contents of the files, an operation and its vectors each, in the order of their names."""
    paths = sorted(path for path in folder.iterdir() if path.suffix == ".json")
    if not paths:
        raise BadVector(f"there are no vectors in {folder}")
    return [vector_file(path) for path in paths]


def vector_file(path):
    try:
        file = json.loads(path.read_text(encoding="utf-8"))
        return file["operation"], list(file["vectors"])
    except (ValueError, LookupError, TypeError) as error:
        raise BadVector(f"{path}: no vectors of an operation: {error!r}") from error


def tell(line):
    # The caller reads the lines while the program runs.
    print(json.dumps(line, ensure_ascii=False), flush=True)


def main():
    given = options()
    try:
        files = vector_files(given.vectors)
        rules = Rules(given.component.read_bytes())
        run_all(rules, files, tell)
        tell(measure(rules, files))
    except (OSError, WasmtimeError, BadVector) as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
