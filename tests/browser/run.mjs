// Everything that is tried in a browser, on one server that was empty. BROWSER_TOOLS, SERVER and PICTURES say where things are.

import { everyDemandCanFail } from "./controls.mjs";
import { journey } from "./journey.mjs";
import { launch, say } from "./looking.mjs";
import { withoutScripts } from "./plain.mjs";

const browser = await launch();
try {
  await everyDemandCanFail(browser);
  const customer = await journey(browser);
  await withoutScripts(browser, customer);
  say(`pictures are in ${process.env.PICTURES}`);
} finally {
  await browser.close();
}
