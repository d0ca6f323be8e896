// Makes the pages quicker to use. Every page works without JavaScript too: forms are sent, links are followed.
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Adds a button to each `data-copy` that copies its code.
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

// Shows the response of a call below its form, as text: a response is never markup.
function show(result, answer) {
  const good = answer.status >= 200 && answer.status < 300;
  const line = element("p", { class: "outcome" },
    element("span", { class: `state ${good ? "good" : "bad"}` }, answer.line),
    element("span", { class: "muted" }, `in ${answer.took}`));
  const headers = element("details", {}, element("summary", {}, `Headers (${answer.headers.length})`),
    code("Response headers", answer.headers.map(([name, value]) => `${name}: ${value}`).join("\n")));
  result.replaceChildren(line, ...(answer.body ? [code("Response body", answer.body)] : []), headers);
  const explained = !good && /^OBP-\d{5}/.exec(JSON.parse(answer.body || "{}").message || "");
  if (explained) {
    result.append(element("p", { class: "note" },
      element("a", { href: `/explain/${explained[0]}` }, `What ${explained[0]} means, and what to do`)));
  }
}

function showFailure(result, message) {
  result.replaceChildren(element("p", { class: "outcome" }, element("span", { class: "state bad" }, message)));
}

// Sends a call and shows its response without leaving the page.
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
      if (!response.ok) return showFailure(result, answer.message);
      show(result, answer);
      curl.textContent = answer.curl;
    } catch {
      showFailure(result, "The server did not respond. Reload the page and try again.");
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

// Searches while the user types. The server searches all operations, and the page takes its answer over.
function searchWhileTyping(input) {
  let waiting;
  let newest = 0;
  const search = async () => {
    const query = new URLSearchParams(new FormData(input.form));
    const number = newest += 1;
    const answer = await fetch(`/?${query}`).catch(() => null);
    if (!answer || !answer.ok || number !== newest) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of ["h1", ".who", ".tags", ".index .groups", ".operations"]) {
      document.querySelector(part).replaceWith(found.querySelector(part));
    }
    document.title = found.title;
    history.replaceState(null, "", `/?${query}`);
    operations();
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 200);
  });
}

// Keeps what the user types in a call while the page changes: ids are filled in, operations are searched, the user signs in.
function keepTyped(field) {
  const kept = sessionStorage.getItem(field.id);
  const reset = element("button", { type: "button", class: "small quiet" }, "Show the example again");
  reset.hidden = kept === null;
  if (kept !== null) field.value = kept;
  const keep = () => {
    reset.hidden = field.value === field.defaultValue;
    if (reset.hidden) sessionStorage.removeItem(field.id);
    else sessionStorage.setItem(field.id, field.value);
  };
  reset.addEventListener("click", () => { field.value = field.defaultValue; keep(); field.focus(); });
  field.addEventListener("input", keep);
  field.after(reset);
}

// The server does not see the fragment of the URL, so a link to sign in takes it along.
function keepFragment({ target }) {
  const link = target.closest('a[href^="/sign-in"], a[href^="/sign-up"]');
  if (!link || !location.hash) return;
  const url = new URL(link.href);
  const next = url.searchParams.get("next") || "/";
  if (next.includes("#")) return;
  url.searchParams.set("next", next + location.hash);
  link.href = url;
}

// Marks the first visible operation in the index.
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

// Marks the met parts of the password rule. The server decides whether it accepts the password.
function passwordRule(input) {
  const rule = document.getElementById(input.dataset.passwordRule);
  const verdict = rule.querySelector("[data-verdict]");
  const parts = {
    long: (text) => [...text].length >= Number(rule.dataset.longMin),
    short: (text) => [...text].length >= Number(rule.dataset.shortMin),
    upper: (text) => /\p{Uppercase}/u.test(text),
    lower: (text) => /\p{Lowercase}/u.test(text),
    digit: (text) => /\p{N}/u.test(text),
    special: (text) => /[^\p{Alphabetic}\p{N}]/u.test(text),
  };
  input.addEventListener("input", () => {
    const met = {};
    for (const item of all("[data-rule]", rule)) {
      met[item.dataset.rule] = parts[item.dataset.rule](input.value);
      item.classList.toggle("met", met[item.dataset.rule]);
    }
    const good = met.long || (met.short && met.upper && met.lower && met.digit && met.special);
    verdict.textContent = !input.value ? "" : good ? "The password follows the rule." : "The password does not follow the rule yet.";
  });
}

function operations() {
  copyButtons();
  all("[data-try]").forEach(tryInPlace);
  all("[data-try] textarea").forEach(keepTyped);
  if (document.querySelector(".index") && "IntersectionObserver" in window) followInIndex();
}

operations();
all("[data-filter]").forEach(searchWhileTyping);
all("[data-password-rule]").forEach(passwordRule);
document.addEventListener("click", keepFragment);
document.addEventListener("submit", ({ target }) => {
  if (target.matches('form[action="/sign-out"]')) sessionStorage.clear();
});
