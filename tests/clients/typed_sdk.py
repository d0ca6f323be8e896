"""Calls the API with obp-python-apiv5.1, whose models check every answer: each key that a model requires must be there."""

import datetime
import os

from obp_python import (
    AccountApi,
    APIApi,
    ApiClient,
    BankApi,
    Configuration,
    CustomerApi,
    EntitlementApi,
    UserApi,
)
from obp_python.models import (
    AccountRoutingJsonV121,
    AmountOfMoneyJsonV121,
    BankRoutingJsonV121,
    ContactDetailsJson,
    CreateAccountRequestJsonV500,
    CreateEntitlementJSON,
    CreateMeetingJsonV310,
    CreateUserCustomerLinkJson,
    CreateUserJson,
    CustomerCreditRatingJSON,
    CustomerFaceImageJson,
    EmptyClassJson,
    InviteeJson,
    PostBankJson500,
    PostCustomerJsonV500,
    PostCustomerNumberJsonV310,
    PostKycCheckJSON,
    PostKycDocumentJSON,
    PostKycMediaJSON,
    PostKycStatusJSON,
    PutUpdateCustomerNumberJsonV310,
)

DAY = datetime.date(2017, 9, 19)
BIRTH = datetime.date(1990, 1, 1)
NOTHING = EmptyClassJson(json_string="{}")
BANK = "bank-1"

configuration = Configuration()
configuration.host = os.environ["SERVER"]
configuration.api_key["Authorization"] = f'DirectLogin token="{os.environ["TOKEN"]}"'
client = ApiClient(configuration)
api, accounts, banks = APIApi(client), AccountApi(client), BankApi(client)
customers, entitlements, users = CustomerApi(client), EntitlementApi(client), UserApi(client)

# Users.
registration = CreateUserJson(
    first_name="Eva", last_name="Example", email="eva@example.com", username="eva@example.com", password="Abcdefg12!"
)
eva = users.create_user(registration)
assert (eva.username, eva.entitlements.list) == ("eva@example.com", [])
me = users.get_current_user()
assert me.username == "ada"
for user in [
    users.get_user_by_user_id(eva.user_id),
    users.get_user_by_provider_and_username(eva.provider, eva.username),
    next(user for user in users.get_users().users if user.user_id == eva.user_id),
]:
    assert (user.email, user.is_deleted, user.is_locked) == ("eva@example.com", False, False)
assert users.get_user_lock_status(eva.provider, eva.username).bad_attempts_since_last_success_or_reset == 0
granted = entitlements.add_entitlement(CreateEntitlementJSON(bank_id="", role_name="CanGetAnyUser"), eva.user_id)
(held,) = entitlements.get_entitlements(eva.user_id).list
assert (held.entitlement_id, held.user_id) == (granted.entitlement_id, eva.user_id)

# Banks. The body has the keys of v5.0.0.
routing = BankRoutingJsonV121(scheme="BIC", address="OKOYFIHH")
draft = PostBankJson500(
    id="bank-sdk", bank_code="SDK", full_name="The SDK", logo="https://l", website="https://w", bank_routings=[routing]
)
made = banks.create_bank(draft)
read = banks.get_bank("bank-sdk")
for bank in [made, read]:
    assert (bank.id, bank.bank_code, bank.full_name) == ("bank-sdk", "SDK", "The SDK"), bank
    assert (bank.logo, bank.website, bank.bank_routings, bank.attributes) == ("https://l", "https://w", [routing], [])
(listed,) = [bank for bank in banks.get_banks().banks if bank.id == "bank-sdk"]
assert (listed.short_name, listed.bank_routings) == ("SDK", [routing])
assert banks.create_bank(PostBankJson500(id="bank-less", bank_code="LESS")).bank_code == "LESS"

# Accounts.
account = CreateAccountRequestJsonV500(
    user_id=me.user_id,
    label="Label",
    product_code="CURRENT",
    balance=AmountOfMoneyJsonV121(currency="EUR", amount="0"),
    branch_id="1234",
    account_routings=[AccountRoutingJsonV121(scheme="IBAN", address="DE1")],
)
opened = accounts.create_account(account, "account-sdk", BANK)
assert (opened.account_id, opened.product_code, opened.user_id) == ("account-sdk", "CURRENT", me.user_id)
assert (opened.account_routings, opened.account_attributes) == (account.account_routings, [])
bare = accounts.create_account(CreateAccountRequestJsonV500(label="", product_code="SAVINGS"), "account-bare", BANK)
assert (bare.user_id, bare.balance.currency, bare.branch_id) == (me.user_id, "EUR", "")
core = accounts.get_core_account_by_id("account-sdk", BANK)
assert (core.product_code, core.views_basic, core.balance.amount) == ("CURRENT", ["owner"], "0")
assert len(accounts.core_private_accounts_all_banks().accounts) == 2
assert {held.label for held in accounts.get_accounts_held(BANK).accounts} == {"Label", ""}

# Customers.
draft = PostCustomerJsonV500(
    legal_name="Eva Example",
    mobile_phone_number="+49 1",
    email="eva@example.com",
    face_image=CustomerFaceImageJson(url="https://f", _date=DAY),
    date_of_birth=BIRTH,
    relationship_status="single",
    dependants=1,
    dob_of_dependants=[DAY],
    credit_rating=CustomerCreditRatingJSON(rating="A", source="S"),
    credit_limit=AmountOfMoneyJsonV121(currency="EUR", amount="10"),
    highest_education_attained="school",
    employment_status="employed",
    kyc_status=True,
    last_ok_date=DAY,
    title="Dr",
    branch_id="branch",
    name_suffix="Sr",
)
customer = customers.create_customer(draft, BANK)
assert (customer.branch_id, customer.name_suffix, customer.date_of_birth) == ("branch", "Sr", BIRTH)
few = PostCustomerJsonV500(legal_name="Few Keys", mobile_phone_number="+49 2", date_of_birth=BIRTH)
assert customers.create_customer(few, BANK).kyc_status is False
read = customers.get_customer_by_customer_id(customer.customer_id, BANK)
assert (read.legal_name, read.customer_attributes) == ("Eva Example", [])
number = PostCustomerNumberJsonV310(customer_number=customer.customer_number)
assert customers.get_customer_by_customer_number(number, BANK).customer_id == customer.customer_id
number = PutUpdateCustomerNumberJsonV310(customer_number="4711")
assert customers.update_customer_number(number, customer.customer_id, BANK).customer_number == "4711"
link = CreateUserCustomerLinkJson(user_id=me.user_id, customer_id=customer.customer_id)
assert customers.create_user_customer_links(link, BANK).is_active
for mine in [customers.get_customers_for_user(), customers.get_customers_at_one_bank(BANK)]:
    assert customer.customer_id in [one.customer_id for one in mine.customers]

# Meetings.
contact = ContactDetailsJson(name="Eva", mobile_phone="+49 1", email_address="eva@example.com")
draft = CreateMeetingJsonV310(
    provider_id="jitsi",
    purpose_id="onboarding",
    _date=DAY,
    creator=contact,
    invitees=[InviteeJson(contact_details=contact, status="open")],
)
meeting = customers.create_meeting(draft, BANK)
assert (meeting.present.customer_user_id, meeting.invitees) == (me.user_id, [])
assert customers.get_meeting(meeting.meeting_id, BANK).keys.session_id == meeting.keys.session_id
assert [one.meeting_id for one in customers.get_meetings(BANK).meetings] == [meeting.meeting_id]

# KYC.
key = customer.customer_id
check = PostKycCheckJSON(
    customer_number="1", _date=DAY, how="letter", staff_user_id="s", staff_name="Sam", satisfied=True, comments=""
)
assert customers.add_kyc_check(check, "check", key, BANK)._date == DAY
document = PostKycDocumentJSON(
    customer_number="1", type="passport", number="1", issue_date=DAY, issue_place="Berlin", expiry_date=DAY
)
assert customers.add_kyc_document(document, "document", key, BANK).issue_date == DAY
media = PostKycMediaJSON(
    customer_number="1",
    type="image",
    url="https://m",
    _date=DAY,
    relates_to_kyc_document_id="document",
    relates_to_kyc_check_id="check",
)
assert customers.add_kyc_media(media, "media", key, BANK).url == "https://m"
status = PostKycStatusJSON(customer_number="1", ok=True, _date=DAY)
assert customers.add_kyc_status(status, key, BANK).ok is True
assert len(customers.get_kyc_checks(NOTHING, key).checks) == 1
assert len(customers.get_kyc_documents(NOTHING, key).documents) == 1
assert len(customers.get_kyc_media(NOTHING, key).medias) == 1
assert len(customers.get_kyc_statuses(NOTHING, key).statuses) == 1

# The API.
assert api.root().hosted_at is not None
print("ok")
