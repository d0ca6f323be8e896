// The same pages in a browser without JavaScript: sign in, read, send a form, try a call.

import assert from "node:assert/strict";

import { BANK, PASSWORD } from "./journey.mjs";
import { Person, say } from "./looking.mjs";

export async function withoutScripts(browser, customer) {
  const ben = await Person.at(browser, { javaScriptEnabled: false });
  const { page } = ben;
  await ben.signIn("ben", PASSWORD);
  await ben.open(`/?bank_id=${BANK}&customer_id=${customer.id}`);
  assert.equal(await page.locator("article.operation").count(), 13);
  const checks = page.locator("#OBPv2_0_0-getKycChecks");
  assert.equal(await checks.locator("input[name=url]").inputValue(), `/obp/v3.1.0/customers/${customer.id}/kyc_checks`);
  await ben.send("Try it: Get Customer KYC Checks", checks);
  await ben.reads("200 OK");
  const body = await page.getByRole("region", { name: "Response body" }).innerText();
  assert.equal(JSON.parse(body).checks[0].id, "check-1");
  // The result has the call as it was sent, to change it and send it again.
  await page.getByLabel("URL", { exact: true }).fill("/obp/v3.1.0/banks/none");
  await ben.send("Send again");
  await ben.reads("404 Not Found");
  await page.getByRole("link", { name: "Back to the Explorer" }).click();
  assert.ok(page.url().endsWith("#OBPv2_0_0-getKycChecks"), page.url());

  await ben.open(`/kyc?bank_id=${BANK}&customer_id=${customer.id}`);
  await page.getByText("Add a status", { exact: true }).first().click();
  const form = page.locator("details.add[open]");
  await form.locator("[name=date]").fill("2024-01-01T10:30");
  await form.locator("[name=customer_number]").fill("x".repeat(65));
  await ben.send("Add a status", form);
  ben.refused(400);
  const refused = form.locator("[name=customer_number]");
  assert.equal(await refused.getAttribute("aria-invalid"), "true");
  const error = page.locator(`#${await refused.getAttribute("aria-describedby")}`);
  assert.match(await error.innerText(), /The value of customer_number must have at most 64 characters\.$/);
  assert.equal(await form.locator("[name=date]").inputValue(), "2024-01-01T10:30");
  await refused.fill("4711");
  await ben.send("Add a status", form);
  await ben.reads("Status added.");
  assert.match(await page.locator("tr:has(#saved)").innerText(), /2024-01-01/);
  assert.equal(await page.locator("svg.timeline .point").count(), 4);
  await ben.signOut();
  assert.deepEqual(ben.problems, []);
  say("without scripts: signed in, read, tried a call, added a status, signed out");
}
