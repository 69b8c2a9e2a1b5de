// The view in docs/add-a-view.md lives as the guide says.

import { deepStrictEqual as same, strictEqual as equal } from "node:assert";
import { createBus, NOTHING } from "../../attention_viz/components/lib/bus.js";
import { find } from "../../attention_viz/components/lib/dom.js";
import { follow } from "../../attention_viz/components/lib/view.js";

const LIB = { NOTHING, find, follow };

Deno.test("the view of the guide draws, chooses and ends", () => {
  const guide = Deno.readTextFileSync(new URL("../../docs/add-a-view.md", import.meta.url));
  const code = /```js\n(.*?)```/s.exec(guide)?.[1] ?? "";
  const imported = [...code.matchAll(/^import \{ (.*?) \} from "\.\.\/lib\/\w+\.js";$/gm)].map(([, names]) => names);
  same(imported.sort(), Object.keys(LIB).sort(), "all that it imports is there");
  const plain = code.replace(/^import .*\n/gm, "").replace("export function", "function");
  const mount = new Function(...Object.keys(LIB), `${plain}\nreturn mount;`)(...Object.values(LIB));

  let sizes = 0;
  // A page has this; here there is none.
  Object.assign(globalThis, {
    ResizeObserver: class {
      observe() {
        sizes++;
      }
      disconnect() {
        sizes--;
      }
    },
  });
  const line = { textContent: "", onclick: () => {} };
  const bus = createBus();
  /** @type {unknown[]} */
  const heard = [];
  const tell = (/** @type {string} */ name, /** @type {unknown} */ value) => heard.push([name, value]);
  const view = mount({ root: { querySelector: () => line }, bus, tell });
  view.update({ trace: "t", tokens: 3 });
  equal(line.textContent, "", "nothing of this text is on screen yet");
  bus.accept({ trace: "t", layer: 0, head: 0, among: [], held: { query: 2, key: null }, answers: 0 });
  equal(line.textContent, "2 of 3 is held.");
  line.onclick();
  equal(line.textContent, "None of 3 is held.");
  same(heard, [["held", NOTHING]]);
  view.end();
  bus.choose({ held: { query: 1, key: null } }, { tell, name: "held", value: null });
  equal(line.textContent, "None of 3 is held.");
  equal(sizes, 0);
});
