// Controls: each check of a page fails on a page that violates it.

import assert from "node:assert/strict";

import { Person, say, server } from "./looking.mjs";

const VIOLATIONS = [
  ["console: ", () => console.error("something is wrong")],
  ["error: ", () => setTimeout(() => { throw new Error("something is wrong"); })],
  // The policy stops the request, and the browser reports that on the console.
  ["Content Security Policy", () => { document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png", alt: "x" })); }],
  ["an inline script", () => { document.body.append(document.createElement("script")); }],
  ["an inline style of DIV", () => { document.querySelector("div").setAttribute("style", "color: red"); }],
  ["an inline onclick", () => { document.querySelector("a").setAttribute("onclick", "x()"); }],
  ["px wide", () => {
    const wide = document.querySelector("h1");
    wide.textContent = "x".repeat(400);
    wide.style.overflowWrap = "normal";
  }],
  ["axe button-name", () => { document.querySelector("main").append(document.createElement("button")); }],
  ["axe color-contrast", () => { document.querySelector("h1").style.color = "color-mix(in srgb, currentColor 30%, transparent)"; }],
  ["axe label", () => { document.querySelector("main").append(document.createElement("input")); }],
];

export async function everyCheckCanFail(browser) {
  for (const [finding, violate] of VIOLATIONS) {
    const person = await Person.at(browser);
    await person.open("/sign-in");
    await person.page.evaluate(violate);
    const found = await person.findings(null);
    assert.ok(found.some((problem) => problem.includes(finding)), `${finding} was not found: ${found}`);
    await person.page.context().close();
  }
  // The policy does not stop a navigation to another origin.
  const person = await Person.at(browser);
  await person.open("/sign-in");
  await person.page.goto(server.replace("127.0.0.1", "localhost") + "/sign-in");
  assert.ok((await person.findings(null)).some((problem) => problem.startsWith("a request to")));
  await person.page.context().close();
  say(`changed ${VIOLATIONS.length + 1} pages for the worse, and each check failed`);
}
