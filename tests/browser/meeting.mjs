// A meeting from arranging to joining, in two browsers: otto is an officer, carla is the customer. Jitsi's own checks of a token are
// made with a library of others. BROWSER_TOOLS and PICTURES are folders, SERVER is a URL. The test moves the server's clock.

import assert from "node:assert/strict";
import { createInterface } from "node:readline/promises";

import { launch, Person, required, say, server } from "./looking.mjs";

const { jwtVerify } = required("jose");

const PASSWORD = "Browser-Test-1";
const BANK = "bank-1";
const SECRET = new TextEncoder().encode("a secret of the tests");
const MINUTE = 60_000;
/** The clock of the server at the start of the test. */
const START = Date.parse("2026-01-02T03:04:05Z");

/** The checks of Jitsi's plugin for tokens: signature, application, audience, host, room and time. Returns the claims. */
async function admitted(url, atMs, secret = SECRET) {
  const { hostname, pathname, searchParams } = new URL(url);
  const { payload } = await jwtVerify(searchParams.get("jwt"), secret, {
    algorithms: ["HS256"], issuer: "bank", audience: "jitsi", currentDate: new Date(atMs), clockTolerance: 0,
  });
  assert.equal(payload.sub, hostname);
  assert.equal(payload.room, pathname.slice(1).toLowerCase());
  return payload;
}

async function signUp(browser, name) {
  const person = await Person.at(browser);
  await person.open("/sign-up");
  await person.fill({ "User name": name, "E-mail": `${name}@example.com`, Password: PASSWORD });
  await person.send("Sign up");
  await person.reads("you are signed in");
  return person;
}

/** Calls the API as ada, who has all roles. */
async function api(method, path, body) {
  const headers = { DirectLogin: "token=token-of-ada", "Content-Type": "application/json" };
  const answer = await fetch(`${server}/obp/v3.1.0${path}`, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/** Presses the button and reads the link from the page. */
async function joins(person, button, picture) {
  await person.open(`/meetings?bank_id=${BANK}`);
  await person.send(button);
  const href = await person.page.getByRole("link", { name: /^Open the conference/ }).getAttribute("href");
  if (picture) await person.look(picture);
  return href;
}

/** Lets hours pass at the server. */
async function pass(lines, hours) {
  console.log(`pass ${hours} hours`);
  await lines.next();
}

async function meets(browser) {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const carla = await signUp(browser, "carla");
  const otto = await signUp(browser, "otto");
  const id = async (name) => (await api("GET", `/users/username/${name}`)).user_id;
  const [carlaId, ottoId] = [await id("carla"), await id("otto")];

  await otto.open(`/meetings?bank_id=${BANK}`);
  assert.equal(await otto.page.getByLabel("Customer's user id").count(), 0, "without the role there is no such field");
  await api("POST", `/users/${ottoId}/entitlements`, { bank_id: BANK, role_name: "CanJoinMeetingAsStaff" });
  await otto.open(`/meetings?bank_id=${BANK}`);
  await otto.page.getByLabel("Customer's user id").fill(carlaId);
  await otto.send("Arrange");
  await otto.reads("The meeting is arranged.");
  await otto.look("22-meetings-of-an-officer");

  for (const hours of [0, 3]) {
    if (hours > 0) await pass(lines, hours);
    const now = START + hours * 60 * MINUTE;
    const customer = await joins(carla, "Join", hours === 0 && "23-join-a-meeting");
    const staff = await joins(otto, hours === 0 ? "Join as staff" : "Join");
    for (const [url, moderator, userId] of [[customer, false, carlaId], [staff, true, ottoId]]) {
      // Jitsi's clock may be ten seconds slow, and the link is good for an hour.
      for (const at of [now - 10_000, now, now + 59 * MINUTE]) {
        const { context } = await admitted(url, at);
        assert.deepEqual([context.user.id, context.user.moderator], [userId, moderator]);
      }
      for (const at of [now - MINUTE, now + 61 * MINUTE]) await assert.rejects(admitted(url, at));
      await assert.rejects(admitted(url, now, new TextEncoder().encode("another secret")));
    }
    assert.equal(new URL(customer).pathname, new URL(staff).pathname, "both are in one room");
    say(`after ${hours} hours both have a link that Jitsi accepts`);
  }
  const stranger = await signUp(browser, "sam");
  await stranger.open(`/meetings?bank_id=${BANK}`);
  await stranger.reads("participants only");
  assert.equal(await stranger.page.getByRole("button", { name: /^Join/ }).count(), 0);
  for (const person of [carla, otto, stranger]) assert.deepEqual(person.problems, []);
}

const browser = await launch();
try {
  await meets(browser);
} finally {
  await browser.close();
}
process.exit(0);
