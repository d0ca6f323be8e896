// Registers users and logs them in with `fetch`, or with the forms of the pages. Reads JSON from standard input, writes the
// outcomes as JSON.

import { readFileSync } from "node:fs";

const server = process.env.SERVER;
const outcome = async (response) => (response.status === 201 ? "in" : `${response.status} ${await response.text()}`);
const post = (path, body) =>
  fetch(`${server}${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Sends a form as a browser does. The form of each page belongs to the cookie that came with it. */
async function send(path, fields) {
  const page = await fetch(`${server}${path}`);
  const cookie = page.headers.get("set-cookie").split(";")[0];
  const formToken = /name="form_token" value="([^"]*)"/.exec(await page.text())[1];
  const response = await fetch(`${server}${path}`, {
    method: "POST",
    headers: { Cookie: cookie, Origin: server },
    body: new URLSearchParams({ form_token: formToken, ...fields }),
    redirect: "manual",
  });
  const isSignedIn = response.status === 303 && response.headers.getSetCookie().some((line) => /^session=[^;]/.test(line));
  return isSignedIn ? "in" : `${response.status} ${await response.text()}`;
}

const tasks = {
  fetch: {
    register: async ({ registration }) => outcome(await post("/obp/v3.1.0/users", registration)),
    "log in": async ({ header, login }) => {
      let headers;
      try {
        headers = new Headers({ DirectLogin: header });
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        // The header cannot carry this password. The body can.
        return `body: ${await outcome(await post("/my/logins/direct", login))}`;
      }
      return outcome(await fetch(`${server}/my/logins/direct`, { method: "POST", headers }));
    },
  },
  page: {
    register: ({ registration }) => send("/sign-up", registration),
    "log in": ({ login: { username, password } }) => send("/sign-in", { next: "/", username, password }),
  },
};

const [client, name] = process.argv.slice(2);
const outcomes = [];
for (const user of JSON.parse(readFileSync(0, "utf8"))) outcomes.push(await tasks[client][name](user));
console.log(JSON.stringify(outcomes));
