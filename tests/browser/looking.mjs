// A browser, and the checks of every page that it opens.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// The packages are installed in cargo's target folder, not beside this file.
export const required = createRequire(join(process.env.BROWSER_TOOLS, "here.js"));
const { chromium } = required("playwright-core");
const axe = required("axe-core");

export const server = process.env.SERVER;
const pictures = process.env.PICTURES;

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 780 };

/** Prints the progress of the test. */
export function say(what) {
  console.log(what);
}

export async function launch() {
  mkdirSync(pictures, { recursive: true });
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** A person with a browser of their own. */
export class Person {
  constructor(page, problems) {
    this.page = page;
    this.problems = problems;
  }

  static async at(browser, options = {}) {
    const context = await browser.newContext({ viewport: DESKTOP, ...options });
    const page = await context.newPage();
    const problems = [];
    context.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:" && origin !== server) problems.push(`a request to ${request.url()}`);
    });
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
    page.setDefaultTimeout(20_000);
    return new Person(page, problems);
  }

  async open(path) {
    await this.page.goto(server + path);
  }

  /** Sends the form of that button and waits for the next page. */
  async send(button, within = this.page) {
    const answered = this.page.waitForEvent("load");
    await within.getByRole("button", { name: button, exact: true }).click();
    await answered;
  }

  async fill(fields, within = this.page) {
    for (const [label, value] of Object.entries(fields)) await within.getByLabel(label, { exact: true }).fill(value);
  }

  async reads(text) {
    await this.page.getByText(text).first().waitFor();
  }

  /** The field has this error: it is marked, described by the text, and has the focus. No error stands elsewhere. */
  async hasErrorAt(label, text) {
    const field = this.page.locator("[aria-invalid=true]");
    assert.equal(await field.count(), 1);
    const seen = await field.evaluate((input) => ({
      label: input.labels[0].firstChild.textContent.trim(),
      described: input.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent).join(" "),
      focused: document.activeElement === input,
    }));
    assert.equal(seen.label, label);
    assert.ok(seen.described.includes(text), seen.described);
    assert.ok(seen.focused, "the field has the focus");
    assert.equal(await this.page.locator(".notice.bad").count(), 0);
  }

  /** The row that was saved is marked, and the message about it has the focus. */
  async hasSaved(text) {
    const message = this.page.getByRole("status");
    await message.waitFor();
    assert.ok(await message.evaluate((notice) => document.activeElement === notice), "the message has the focus");
    const row = this.page.locator("tr:has(#saved)");
    assert.equal(await row.count(), 1);
    assert.ok((await row.innerText()).includes(text), await row.innerText());
  }

  async signIn(username, password) {
    await this.open("/sign-in");
    await this.fill({ "User name": username, Password: password });
    await this.send("Sign in");
    await this.reads("Sign out");
  }

  async signOut() {
    await this.send("Sign out");
    await this.page.getByRole("link", { name: "Sign in", exact: true }).waitFor();
  }

  /** Chromium reports each failed response on the console. This one was expected. */
  refused(status) {
    const expected = `status of ${status}`;
    const index = this.problems.findIndex((problem) => problem.includes(expected));
    if (index >= 0) this.problems.splice(index, 1);
  }

  /** All problems of the page, at both widths and in both themes. Takes a screenshot of each if it has a name. */
  async findings(name) {
    const found = this.problems.splice(0);
    found.push(...(await this.page.evaluate(inlined)));
    for (const colorScheme of ["light", "dark"]) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const [device, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
        await this.page.setViewportSize(viewport);
        await this.page.evaluate(() => window.scrollTo(0, 0));
        const width = await this.page.evaluate(() => document.documentElement.scrollWidth);
        if (width > viewport.width) found.push(`${device}: ${width} px wide, ${viewport.width} available`);
        if (name) {
          await this.page.screenshot({ path: join(pictures, `${name}-${device}-${colorScheme}.png`), fullPage: true });
        }
        found.push(...(await this.violations()).map((violation) => `${device}, ${colorScheme}: ${violation}`));
      }
    }
    await this.page.setViewportSize(DESKTOP);
    await this.page.emulateMedia({ colorScheme: "light" });
    return found.concat(this.problems.splice(0));
  }

  async violations() {
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    return grave.map(({ id, nodes }) => `axe ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(" | ")}`);
  }

  /** Checks the page, and takes screenshots under that name. */
  async look(name) {
    const found = await this.findings(name);
    assert.deepEqual(found, [], `${name}: ${this.page.url()}`);
    say(`  looked at ${name}: ${new URL(this.page.url()).pathname}`);
  }
}

/** Finds inline scripts and styles. Runs in the page. */
function inlined() {
  const found = [];
  for (const script of document.querySelectorAll("script")) {
    if (!script.src || script.textContent.trim()) found.push("an inline script");
  }
  if (document.querySelector("style")) found.push("an inline style sheet");
  for (const element of document.querySelectorAll("*")) {
    for (const { name } of element.attributes) {
      if (name === "style" || name.startsWith("on")) found.push(`an inline ${name} of ${element.tagName}`);
    }
  }
  return found;
}
