// What makes the pages quicker to use. Everything works without it: forms are sent, links are followed.
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Copies what stands beside the button.
function copyButtons(within = document) {
  for (const place of all("[data-copy]", within)) {
    if (place.querySelector("button") || !navigator.clipboard) continue;
    const button = element("button", { type: "button" }, "Copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(place.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    place.append(button);
  }
}

function code(label, text) {
  const inner = element("code", {}, text);
  return element("pre", { class: "code", tabindex: "0", role: "region", "aria-label": label }, inner);
}

// The answer of a call, below its form. Texts only: nothing of an answer is taken for markup.
function show(result, answer) {
  const good = answer.status >= 200 && answer.status < 300;
  const line = element("p", { class: "outcome" },
    element("span", { class: `state ${good ? "good" : "bad"}` }, answer.line),
    element("span", { class: "muted" }, `in ${answer.took}`));
  const headers = element("details", {}, element("summary", {}, `Headers (${answer.headers.length})`),
    code("Headers of the answer", answer.headers.map(([name, value]) => `${name}: ${value}`).join("\n")));
  result.replaceChildren(line, ...(answer.body ? [code("Body of the answer", answer.body)] : []), headers);
  const explained = !good && /^OBP-\d{5}/.exec(JSON.parse(answer.body || "{}").message || "");
  if (explained) {
    result.append(element("p", { class: "note" },
      element("a", { href: `/explain/${explained[0]}` }, `What ${explained[0]} means, and what to do`)));
  }
}

function sayWhyNot(result, words) {
  result.replaceChildren(element("p", { class: "outcome" }, element("span", { class: "state bad" }, words)));
}

// A call is made and its answer shown where one is.
function tryInPlace(form) {
  const result = form.parentElement.querySelector("[data-result]");
  const curl = form.parentElement.querySelector("[data-curl] code");
  const button = form.querySelector("button[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch("/try", { method: "POST", body, headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (!response.ok) return sayWhyNot(result, answer.message);
      show(result, answer);
      curl.textContent = answer.curl;
    } catch {
      sayWhyNot(result, "The server did not answer. Load the page again, and try once more.");
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

// Operations are filtered while one types; what is sent with the form does the same on the server.
function filterWhileTyping(input) {
  const nothing = document.getElementById("nothing");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const operation of all(".operation")) {
      operation.hidden = !words.every((word) => operation.dataset.words.includes(word));
      left += operation.hidden ? 0 : 1;
    }
    for (const item of all(".index li")) {
      const operation = document.getElementById(item.dataset.operation);
      item.hidden = Boolean(operation && operation.hidden);
    }
    for (const group of all(".index .group")) group.hidden = !group.querySelector("li:not([hidden])");
    nothing.hidden = left > 0;
  };
  input.addEventListener("input", filter);
}

// The index shows where one is.
function followInIndex() {
  const links = new Map(all(".index li").map((item) => [item.dataset.operation, item.querySelector("a")]));
  const seen = new Set();
  const mark = () => {
    const first = all(".operation").find((operation) => seen.has(operation.id));
    for (const [id, link] of links) {
      if (first && id === first.id) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    }
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target.id) : seen.delete(target.id);
    mark();
  }, { rootMargin: "-20% 0px -60% 0px" });
  for (const operation of all(".operation")) observer.observe(operation);
}

// Which parts of the password rule are met. Whether the password is accepted, the server says.
function passwordRule(input) {
  const rule = document.getElementById(input.dataset.passwordRule);
  const verdict = rule.querySelector("[data-verdict]");
  const parts = {
    long: (text) => text.length > 16,
    ten: (text) => text.length >= 10,
    upper: (text) => /[A-Z]/.test(text),
    lower: (text) => /[a-z]/.test(text),
    digit: (text) => /[0-9]/.test(text),
    special: (text) => /[!-/:-@\\^_`{-~]/.test(text) && /^[!-Z\\^-~]*$/.test(text),
  };
  input.addEventListener("input", () => {
    const met = {};
    for (const item of all("[data-rule]", rule)) {
      met[item.dataset.rule] = parts[item.dataset.rule](input.value);
      item.classList.toggle("met", met[item.dataset.rule]);
    }
    const good = met.long || (met.ten && met.upper && met.lower && met.digit && met.special);
    verdict.textContent = !input.value ? "" : good ? "The password follows the rule." : "Not yet.";
  });
}

copyButtons();
all("[data-try]").forEach(tryInPlace);
all("[data-filter]").forEach(filterWhileTyping);
all("[data-password-rule]").forEach(passwordRule);
if (document.querySelector(".index") && "IntersectionObserver" in window) followInIndex();
