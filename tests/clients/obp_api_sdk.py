"""Calls the API with obp_api, which sends the bodies of v5.1.0 and leaves the reading of answers to its user."""

import json
import os

import httpx
from obp_api import ObpAPI

BANK = "bank-1"
LOGIN = {"username": "sam@example.com", "password": "Abcdefg12!", "consumer_key": os.environ["CONSUMER_KEY"]}
DAY = "2017-09-19T00:00:00Z"

server = os.environ["SERVER"]
obp = ObpAPI(base_url=server, default_headers={"DirectLogin": f"token={os.environ['TOKEN']}"}, max_retries=0)


def read(answer):
    return json.loads(answer.read())


# Users. The client has no login of its own.
sam = read(
    obp.users.create(
        body={
            "email": "sam@example.com",
            "username": LOGIN["username"],
            "password": LOGIN["password"],
            "first_name": "Sam",
            "last_name": "S",
        }
    )
)
login = httpx.post(f"{server}/obp/v5.1.0/my/logins/direct", json=LOGIN)
assert login.status_code == 201, login.text
people = read(obp.users.list())["users"]
assert all(user["is_deleted"] is False and "is_locked" in user for user in people)
locked = read(obp.users.lock_status.retrieve(sam["username"], provider=sam["provider"]))
assert locked["bad_attempts_since_last_success_or_reset"] == 0
assert read(obp.users.lock_status.update(sam["username"], provider=sam["provider"])) == locked

# Banks.
routings = [{"scheme": "BIC", "address": "OKOYFIHH"}]
body = {"id": "bank-obp", "bank_code": "OBP", "full_name": "F", "logo": "l", "website": "w", "bank_routings": routings}
for bank in [read(obp.banks.create(body=body)), read(obp.banks.retrieve("bank-obp"))]:
    assert {key: bank[key] for key in body} == body
assert all("attributes" in bank for bank in read(obp.banks.list())["banks"])

# Accounts.
body = {
    "user_id": "",
    "label": "Label",
    "product_code": "CURRENT",
    "balance": {"currency": "EUR", "amount": "0"},
    "branch_id": "1234",
    "account_routings": [{"scheme": "IBAN", "address": "DE1"}],
}
account = read(obp.accounts.update("account-obp", bank_id=BANK, body=body))
assert {key: account[key] for key in body} == {**body, "user_id": account["user_id"]}
assert account["account_id"] == "account-obp" and account["account_attributes"] == []
assert read(obp.banks.accounts.account.retrieve("account-obp", bank_id=BANK))["product_code"] == "CURRENT"
assert read(obp.accounts.list())["accounts"]
assert read(obp.accounts_held.list(BANK))["accounts"]

# Customers.
body = {
    "legal_name": "Sam S",
    "customer_number": "5987953",
    "mobile_phone_number": "+49 1",
    "email": "sam@example.com",
    "face_image": {"url": "https://f", "date": DAY},
    "date_of_birth": DAY,
    "relationship_status": "single",
    "dependants": 1,
    "dob_of_dependants": [DAY],
    "credit_rating": {"rating": "A", "source": "S"},
    "credit_limit": {"currency": "EUR", "amount": "10"},
    "highest_education_attained": "school",
    "employment_status": "employed",
    "kyc_status": True,
    "last_ok_date": DAY,
    "title": "Dr",
    "branch_id": "branch",
    "name_suffix": "Sr",
}
customer = read(obp.customers.create(BANK, body=body))
key = customer["customer_id"]
for shown in [customer, read(obp.customers.retrieve(key, bank_id=BANK))]:
    assert (shown["branch_id"], shown["name_suffix"]) == ("branch", "Sr")
number = {"customer_number": "4712"}
assert read(obp.customers.number.update(key, bank_id=BANK, body=number))["customer_number"] == "4712"
assert read(obp.customers.customer_number.retrieve(BANK, body=number))["customer_id"] == key
obp.user_customer_links.create(BANK, body={"user_id": sam["user_id"], "customer_id": key})
own = ObpAPI(base_url=server, default_headers={"DirectLogin": f"token={login.json()['token']}"}, max_retries=0)
assert [one["customer_id"] for one in read(own.customers.list())["customers"]] == [key]

# Meetings.
contact = {"name": "Sam", "mobile_phone": "+49 1", "email_address": "sam@example.com"}
body = {
    "provider_id": "jitsi",
    "purpose_id": "onboarding",
    "date": DAY,
    "creator": contact,
    "invitees": [{"contact_details": contact, "status": "open"}],
}
meeting = read(obp.banks.meetings.create(BANK, body=body))
shown = read(obp.banks.meetings.retrieve(meeting["meeting_id"], bank_id=BANK))
assert shown["creator"] == {"name": "", "mobile_phone": "", "email_address": ""} and shown["invitees"] == []
assert meeting["meeting_id"] in [one["meeting_id"] for one in read(obp.banks.meetings.list(BANK))["meetings"]]

# KYC.
check = {
    "customer_number": "1",
    "date": DAY,
    "how": "letter",
    "staff_user_id": "s",
    "staff_name": "S",
    "satisfied": True,
    "comments": "",
}
document = {
    "customer_number": "1",
    "type": "passport",
    "number": "1",
    "issue_date": DAY,
    "issue_place": "Berlin",
    "expiry_date": DAY,
}
media = {
    "customer_number": "1",
    "type": "image",
    "url": "https://m",
    "date": DAY,
    "relates_to_kyc_document_id": "d",
    "relates_to_kyc_check_id": "c",
}
status = {"customer_number": "1", "ok": True, "date": DAY}
obp.customers.kyc_checks.update("c", bank_id=BANK, customer_id=key, body=check)
obp.customers.kyc_documents.update("d", bank_id=BANK, customer_id=key, body=document)
obp.customers.kyc_media.update("m", bank_id=BANK, customer_id=key, body=media)
obp.customers.kyc_statuses.update(key, bank_id=BANK, body=status)
for records, name in [
    (obp.customers.kyc_checks, "checks"),
    (obp.customers.kyc_documents, "documents"),
    (obp.customers.kyc_media, "medias"),
    (obp.customers.kyc_statuses, "statuses"),
]:
    assert len(read(records.list(key))[name]) == 1
print("ok")
