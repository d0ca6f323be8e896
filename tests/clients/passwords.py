"""Registers users and logs them in with `requests`. Reads JSON from standard input, writes the outcomes as JSON."""

import json
import os
import sys

import requests

server = os.environ["SERVER"]
session = requests.Session()


def outcome(response):
    return "in" if response.status_code == 201 else f"{response.status_code} {response.text}"


def register(user):
    return outcome(session.post(f"{server}/obp/v3.1.0/users", json=user["registration"]))


def log_in(user):
    try:
        return outcome(session.post(f"{server}/my/logins/direct", headers={"DirectLogin": user["header"]}))
    except (UnicodeEncodeError, requests.exceptions.InvalidHeader):
        # The header cannot carry this password. The body can.
        return f"body: {outcome(session.post(f'{server}/my/logins/direct', json=user['login']))}"


task = {"register": register, "log in": log_in}[sys.argv[1]]
json.dump([task(user) for user in json.load(sys.stdin)], sys.stdout)
