// From an empty server to a customer's KYC file, in two browsers: kim is a super admin, ben is an ordinary user.

import assert from "node:assert/strict";

import { Person, say, server } from "./looking.mjs";

export const PASSWORD = "Browser-Test-1";
export const BANK = "bank.browser";

export async function journey(browser) {
  const kim = await Person.at(browser);
  await signUp(kim, "kim");
  await registersAnApplication(kim);
  await grantsRolesToHerself(kim);
  await createsABank(kim);
  const ben = await Person.at(browser);
  await signUp(ben, "ben");
  await changesThePassword(ben);
  await asksForARole(ben);
  await grants(kim);
  await keepsABody(ben);
  const customer = await createsACustomer(ben);
  await createsAnAccount(ben);
  await fillsTheFile(ben, customer);
  await meets(ben, kim);
  await revokes(kim);
  await unlocks(kim);
  await comesBack(ben, customer);
  await errors(ben);
  return customer;
}

async function signUp(person, username) {
  const { page } = person;
  await person.open("/");
  if (username === "kim") {
    await person.reads("All OBP APIs v3.1.0 filtered by tag: KYC, Onboarding (13)");
    assert.equal(await page.locator("article.operation").count(), 13);
    await person.look("01-explorer-signed-out");
  }
  await page.getByRole("link", { name: "Sign up" }).first().click();
  await person.fill({ "User name": username, "E-mail": `${username}@example.com`, Password: "short" });
  await person.reads("The password does not follow the rule yet.");
  if (username === "kim") {
    await person.look("02-sign-up");
    await person.send("Sign up");
    person.refused(400);
    await person.hasErrorAt("Password", "It has 5 characters");
    assert.equal(await page.getByLabel("E-mail", { exact: true }).inputValue(), "kim@example.com");
    await person.look("03-sign-up-refused");
    await page.getByRole("link", { name: "OBP-30207", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "OBP-30207" }).waitFor();
    await person.look("04-explained");
    await person.open("/sign-up");
  }
  await person.fill({ "User name": username, "E-mail": `${username}@example.com`, Password: PASSWORD });
  await person.reads("The password follows the rule.");
  await person.send("Sign up");
  await person.reads("The user is created, and you are signed in.");
  await person.signOut();
  await person.open("/sign-in");
  await person.fill({ "User name": username, Password: "another one" });
  await person.send("Sign in");
  person.refused(401);
  await person.reads("Invalid login credentials. Check username/password.");
  await person.look(`05-sign-in-refused-${username}`);
  await person.signIn(username, PASSWORD);
  say(`${username} signed up and signed in`);
}

async function changesThePassword(ben) {
  const { page } = ben;
  await page.getByRole("link", { name: "Signed in as ben", exact: true }).click();
  await ben.fill({ "Current password": "not this one", "New password": "Ünïcode [12" });
  await ben.reads("The password follows the rule.");
  await ben.look("05-change-password");
  await ben.send("Change password");
  ben.refused(401);
  await ben.reads("Invalid login credentials. Check username/password.");
  for (const [current, next] of [[PASSWORD, "Ünïcode [12"], ["Ünïcode [12", PASSWORD]]) {
    await ben.fill({ "Current password": current, "New password": next });
    await ben.send("Change password");
    await ben.reads("The password is changed.");
    await ben.signOut();
    await ben.signIn("ben", next);
    await ben.open("/password");
  }
  say("ben has changed his password, and changed it back");
}

async function registersAnApplication(kim) {
  const { page } = kim;
  await kim.open("/applications");
  await kim.look("06-applications");
  await kim.fill({ Name: "My app", "Developer's e-mail": "kim@example.com" });
  await page.getByLabel("Description").fill("Opens accounts");
  await kim.send("Register");
  await kim.reads("My app is registered");
  const key = (await page.locator("#consumer-key").innerText()).trim();
  assert.match(key, /^[a-z0-9]{40}$/);
  await kim.look("07-application-registered");
  const login = await fetch(`${server}/my/logins/direct`, {
    method: "POST",
    headers: { DirectLogin: `username="kim", password="${PASSWORD}", consumer_key="${key}"` },
  });
  assert.equal(login.status, 201, await login.text());
  await kim.open("/applications");
  assert.ok(!(await page.content()).includes(key), "the key is shown once");
  await kim.reads("Opens accounts");
  say("an application is registered, and its key opens a login");
}

async function grantsRolesToHerself(kim) {
  const { page } = kim;
  await kim.open("/roles");
  await kim.look("08-roles");
  await page.getByRole("navigation").getByRole("link", { name: "Administration", exact: true }).click();
  assert.equal(await page.getByRole("alert").count(), 0, "a super admin has done nothing wrong");
  await kim.look("09-administration-as-super-admin");
  for (const role of [
    "CanGetAnyUser", "CanGetEntitlementsForAnyUserAtAnyBank", "CanGetEntitlementRequestsAtAnyBank",
    "CanDeleteEntitlementRequestsAtAnyBank", "CanDeleteEntitlementAtAnyBank", "CanReadUserLockedStatus", "CanUnlockUser",
  ]) {
    await kim.send(`Grant to me: ${role}`);
    await kim.reads("The role is granted.");
  }
  await kim.fill({ "User name": "kim" });
  await kim.send("Find");
  await page.getByLabel("Role to grant").selectOption("CanCreateBank");
  await kim.send("Grant");
  await kim.hasSaved("CanCreateBank");
  await kim.look("10-administration-of-a-user");
  say("kim has granted herself the roles of the page");
}

/** Tries an operation in the Explorer. Returns status, body and curl command of the result. */
async function tries(person, operation, change) {
  const article = person.page.locator(`#${operation}`);
  const url = article.locator("input[name=url]");
  if (change.url) await url.fill(change.url(await url.inputValue()));
  if (change.body) {
    const body = article.locator("textarea[name=body]");
    await body.fill(JSON.stringify(change.body(JSON.parse(await body.inputValue())), null, 2));
  }
  await article.getByRole("button", { name: /^Try it/ }).click();
  const outcome = article.locator("[data-result] .outcome");
  await outcome.waitFor();
  const answered = await outcome.innerText();
  const line = await article.locator("[data-curl] code").textContent();
  assert.ok(line.startsWith("curl "), line);
  const text = await article.locator("[data-result] > .code").innerText();
  return { answered, body: JSON.parse(text), line };
}

async function createsABank(kim) {
  await kim.open("/?tags=Bank#OBPv2_2_0-createBank");
  const operation = await kim.page.locator("article.operation", { hasText: "by createBank" }).getAttribute("id");
  const named = (body) => ({ ...body, id: BANK, short_name: "Browser", full_name: "The Bank of the Browser" });
  const { answered } = await tries(kim, operation, { body: named });
  assert.match(answered, /201 Created/);
  await kim.look("11-explorer-a-call-that-succeeded");
  say("kim has created a bank in the Explorer");
}

async function asksForARole(ben) {
  const { page } = ben;
  await ben.open(`/?tags=Customer&bank_id=${BANK}`);
  const operation = page.locator("article.operation", { hasText: "by createCustomer" }).first();
  const id = await operation.getAttribute("id");
  const { answered, body } = await tries(ben, id, {});
  assert.match(answered, /403 Forbidden/);
  assert.match(body.message, /^OBP-20006/);
  await ben.look("12-explorer-a-call-that-was-refused");
  const line = operation.locator("li", { hasText: "CanCreateCustomer - You can request this Role" });
  await ben.send("Request CanCreateCustomer", line);
  await ben.reads(/^Entitlement Request with Id \S+ was created. It will be reviewed shortly.$/);
  await ben.look("13-role-requested");
  await ben.open(`/?tags=Customer&bank_id=${BANK}`);
  await page.getByText("CanCreateCustomer - You have requested this Role").first().waitFor();
  say("ben has asked for a role");
}

async function grants(kim) {
  await kim.open("/administration");
  await kim.look("14-administration-a-request");
  await kim.send("Grant CanCreateCustomer for ben");
  await kim.reads("The role is granted, and the request is closed.");
  await kim.reads("No pending requests.");
  say("kim has granted it");
}

async function createsACustomer(ben) {
  const { page } = ben;
  await ben.open(`/?tags=Customer&bank_id=${BANK}`);
  await page.getByText(`CanCreateCustomer - You have this Role at ${BANK}`).first().waitFor();
  const id = await page.locator("article.operation", { hasText: "by createCustomer" }).first().getAttribute("id");
  const { answered, body } = await tries(ben, id, {});
  assert.match(answered, /201 Created/);
  await ben.look("15-explorer-of-customers");
  say("ben has created a customer");
  return { id: body.customer_id, number: body.customer_number };
}

async function createsAnAccount(ben) {
  await ben.open("/");
  await ben.page.getByLabel("Bank", { exact: true }).selectOption(BANK);
  await ben.send("Use in all paths");
  const url = (path) => path.replace("ACCOUNT_ID", "account-1");
  const { answered, line } = await tries(ben, "OBPv2_2_0-createAccount", { url });
  assert.match(answered, /200 OK/);
  assert.ok(line.includes(`${server}/obp/v3.1.0/banks/${BANK}/accounts/account-1`), line);
  await ben.open(`/?bank_id=${BANK}&account_id=account-1`);
  assert.equal(await ben.page.locator("#select-account_id-list option[value=account-1]").count(), 1);
  await filters(ben);
  say("ben has opened an account");
}

async function filters(ben) {
  const { page } = ben;
  const shown = page.locator("article.operation:visible");
  const titles = () => shown.getByRole("heading", { level: 2 }).allInnerTexts();
  const filter = page.getByLabel("Filter", { exact: true });
  // The filter searches the operations of all tags while the user types, and a sent form finds the same.
  await filter.fill("kyc_media image");
  await ben.reads("All OBP APIs v3.1.0 filtered by text: kyc_media image (2)");
  assert.deepEqual(await titles(), ["Add KYC Media.", "Get KYC Media for a customer"]);
  await filter.fill("enableDisableConsumers");
  await ben.reads("All OBP APIs v3.1.0 filtered by text: enableDisableConsumers (1)");
  const found = await titles();
  const answered = page.waitForEvent("load");
  await filter.press("Enter");
  await answered;
  assert.deepEqual(await titles(), found);
  await tries(ben, "OBPv3_1_0-enableDisableConsumers", { url: (path) => path.replace("CONSUMER_ID", "none") });
  await ben.open("/?tags=");
  await ben.reads(/^All OBP APIs v3\.1\.0 \(\d+\)$/);
  await ben.look("16-explorer-of-everything");
  // The first tab stop is the link that skips the header.
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
}

/** The text that a user has typed stays when ids are filled in. */
async function keepsABody(ben) {
  const { page } = ben;
  await ben.open("/");
  const body = page.locator("#OBPv2_0_0-addKycCheck-body");
  const example = await body.inputValue();
  await body.fill("{\"how\": \"typed\"}");
  await page.getByLabel("Bank", { exact: true }).selectOption(BANK);
  await ben.send("Use in all paths");
  assert.match(await page.locator("#OBPv2_0_0-addKycCheck-url").inputValue(), new RegExp(BANK));
  assert.equal(await body.inputValue(), "{\"how\": \"typed\"}");
  await page.locator("#OBPv2_0_0-addKycCheck").getByRole("button", { name: "Show the example again" }).click();
  await ben.open("/");
  assert.equal(await body.inputValue(), example);
  say("a typed body stays when ids are filled in");
}

async function fillsTheFile(ben, customer) {
  const { page } = ben;
  await ben.open("/kyc");
  await ben.look("17-kyc-no-customer");
  await page.getByLabel("Bank", { exact: true }).first().selectOption(BANK);
  await ben.fill({ "Customer id": customer.id });
  await ben.send("Open");
  await ben.reads("No status recorded yet.");
  const add = async (title, fields, more = async () => {}) => {
    await page.getByText(title, { exact: true }).first().click();
    const form = page.locator("details.add[open]");
    for (const [name, value] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(value);
    await more(form);
    if (title === "Add a check") await ben.look("18-kyc-a-form");
    if (title === "Add a check") await isRefused(form);
    await ben.send(title, form);
    await ben.hasSaved(fields.id ?? fields.date.replace("T", " ").slice(0, 16));
  };
  const isRefused = async (form) => {
    assert.equal(await form.getByLabel("Made by").inputValue(), "ben");
    await form.locator("[name=how]").fill("x".repeat(33));
    await ben.send("Add a check", form);
    ben.refused(400);
    await ben.hasErrorAt("How", "The value of how must have at most 32 characters.");
    assert.ok(await form.getByLabel("Satisfied").isChecked(), "what was ticked stays");
    assert.equal(await form.locator("[name=comments]").inputValue(), "All papers seen");
    await ben.look("18-kyc-a-form-refused");
    await form.locator("[name=how]").fill("online_meeting");
  };
  await add("Add a document", {
    id: "passport-1", type: "passport", number: "C01X00T47", issue_place: "Berlin", issue_date: "2019-05-02", expiry_date: "2029-05-01",
  });
  await add("Add a check", { id: "check-1", how: "online_meeting", comments: "All papers seen" },
    (form) => form.getByLabel("Satisfied").check());
  await add("Add an image or scan", {
    id: "scan-1", type: "image", url: "https://files.example/passport.png", relates_to_kyc_document_id: "passport-1",
  });
  const status = (ok) => (form) => form.locator("select[name=ok]").selectOption(String(ok));
  await add("Add a status", { date: "2020-03-01T10:00:00" }, status(true));
  await add("Add a status", { date: "2022-07-15T10:00:00" }, status(false));
  await add("Add a status", { date: "2023-02-01T10:00:00" }, status(true));
  const svg = page.locator("svg.timeline");
  assert.equal(await svg.locator("desc").textContent(), "2020-03-01: verified; 2022-07-15: not verified; 2023-02-01: verified.");
  assert.deepEqual([await svg.locator("line.span").count(), await svg.locator(".point").count()], [3, 3]);
  for (const text of ["Verified since 1 Feb 2023", "passport-1", "check-1", "scan-1", "Satisfied"]) await ben.reads(text);
  await ben.look("19-kyc-file");
  // The session's cookie does not open the API.
  const read = await page.evaluate(async (path) => (await fetch(path)).status, `/obp/v3.1.0/customers/${customer.id}/kyc_checks`);
  ben.refused(401);
  assert.equal(read, 401, "the session opens pages only");
  say("the customer's file has a document, a check, an image and three statuses");
}

async function meets(ben, kim) {
  const { page } = ben;
  await ben.open(`/meetings?bank_id=${BANK}`);
  await ben.send("Arrange");
  await ben.reads("The meeting is arranged.");
  await ben.look("20-meetings");
  await ben.send("Join");
  const link = page.getByRole("link", { name: /^Open the conference/ });
  assert.match(await link.getAttribute("href"), /^https:\/\/meet\.bank\.example\/[0-9a-f-]+\?jwt=[\w-]+\.[\w-]+\.[\w-]+$/);
  await kim.open(`/meetings?bank_id=${BANK}`);
  await kim.reads("participants only");
  assert.equal(await kim.page.getByRole("button", { name: /^Join/ }).count(), 0);
  say("a meeting is arranged, and only ben can join it");
}

async function revokes(kim) {
  await kim.open("/administration?username=ben");
  await kim.send("Revoke CanCreateCustomer");
  await kim.reads("The role is revoked.");
  await kim.reads("No roles.");
  say("kim has revoked the role");
}

/** Signing in leads back to the exact place, with the query and the operation. */
async function comesBack(ben, customer) {
  const { page } = ben;
  await ben.signOut();
  for (const place of [`/kyc?bank_id=${BANK}&customer_id=${customer.id}`, "/?tags=Customer#OBPv3_1_0-createCustomer"]) {
    await ben.open(place);
    await page.getByRole("link", { name: "Sign in", exact: true }).first().click();
    await ben.fill({ "User name": "ben", Password: PASSWORD });
    await ben.send("Sign in");
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    assert.equal(page.url(), server + place);
    await ben.signOut();
  }
  await ben.signIn("ben", PASSWORD);
  say("signing in leads back to the exact place");
}

async function unlocks(kim) {
  await kim.open("/administration?username=ben");
  await kim.reads("No failed logins since the last successful one.");
  const visitor = await Person.at(kim.page.context().browser());
  await visitor.open("/sign-in");
  await visitor.fill({ "User name": "ben", Password: "wrong" });
  await visitor.send("Sign in");
  await kim.open("/administration?username=ben");
  await kim.reads(/^Failed logins since the last successful one: 1, /);
  await kim.look("20-administration-failed-logins");
  await kim.send("Unlock");
  await kim.reads("The user is unlocked.");
  await kim.reads("No failed logins since the last successful one.");
  say("kim has unlocked ben");
}

async function errors(ben) {
  const { page } = ben;
  await ben.open("/no/such/page");
  ben.refused(404);
  await ben.reads(/The server could not find the requested URI/);
  await ben.look("21-page-not-found");
  await ben.open("/explain");
  await ben.look("22-errors-explained");
  await ben.open("/explain/OBP-99999");
  ben.refused(404);
  await ben.look("23-unknown-error-code");
  await ben.signOut();
  for (const path of ["/kyc", "/meetings", "/applications", "/roles", "/administration"]) {
    await ben.open(path);
    await page.getByRole("link", { name: "Sign in", exact: true }).first().waitFor();
    await ben.look(`24-signed-out${path.replace("/", "-")}`);
  }
}
