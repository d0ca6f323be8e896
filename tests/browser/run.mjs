// All browser tests, on one server that starts empty. BROWSER_TOOLS and PICTURES are folders, SERVER is a URL.

import { everyCheckCanFail } from "./controls.mjs";
import { journey } from "./journey.mjs";
import { launch, say } from "./looking.mjs";
import { withoutScripts } from "./plain.mjs";

const browser = await launch();
try {
  await everyCheckCanFail(browser);
  const customer = await journey(browser);
  await withoutScripts(browser, customer);
  say(`pictures are in ${process.env.PICTURES}`);
} finally {
  await browser.close();
}
