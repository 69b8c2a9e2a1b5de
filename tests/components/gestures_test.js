// Pointers and the wheel on the maps.

import { deepStrictEqual as same, ok, strictEqual as equal } from "node:assert";
import { Gestures } from "../../attention_viz/components/compare_maps/gestures.js";
import { frameOf, WHOLE, zoomed, zoomedAround } from "../../attention_viz/components/compare_maps/window.js";

const frame = frameOf(10, 10, 200, 200);

/** A pane at (100, 50) whose maps begin at (20, 30), and what its gestures did. */
function surface({ movable = true, inHand = false, window = WHOLE } = {}) {
  /** @type {{pressed: unknown[], pointed: unknown[], moved: import("../../attention_viz/components/compare_maps/window.js").Window[]}} */
  const done = { pressed: [], pointed: [], moved: [] };
  /** @type {any} */
  const pane = {
    getBoundingClientRect: () => ({ left: 100, top: 50, width: 240 }),
    addEventListener: (/** @type {string} */ name, /** @type {unknown} */ listener) => pane[`on${name}`] = listener,
  };
  new Gestures([pane], {
    map: () => movable ? { window, frame, left: 20, top: 30 } : null,
    litAt: (x, y) => ({ query: y, key: x }),
    moveTo: (next) => void done.moved.push(next),
    pointAt: (lit) => void done.pointed.push(lit),
    press: (lit) => void done.pressed.push(lit),
    inHand: () => inHand,
  });
  return { pane, done };
}

const at = (/** @type {number} */ clientX, /** @type {number} */ clientY, more = {}) => ({
  clientX,
  clientY,
  pointerId: 1,
  ...more,
});

Deno.test("a press that hardly moves is a click, one that moves is a drag", () => {
  const clicked = surface();
  clicked.pane.onpointerdown(at(150, 90));
  clicked.pane.onpointermove(at(152, 91));
  clicked.pane.onpointerup(at(152, 91));
  clicked.pane.onclick(at(152, 91));
  same(clicked.done.pressed, [{ query: 41, key: 52 }]);
  equal(clicked.done.moved.length, 0);
  const near = zoomed(WHOLE, frame, 2, 100, 100);
  const dragged = surface({ window: near });
  dragged.pane.onpointerdown(at(150, 90));
  dragged.pane.onpointermove(at(130, 90));
  dragged.pane.onpointerup(at(130, 90));
  dragged.pane.onclick(at(130, 90));
  same(dragged.done.pressed, []);
  ok(dragged.done.moved[0].left > near.left, "the maps follow the hand");
  equal(dragged.done.pointed.at(-1), null);
});

Deno.test("two fingers zoom", () => {
  const { pane, done } = surface();
  pane.onpointerdown(at(150, 130));
  pane.onpointerdown(at(170, 130, { pointerId: 2 }));
  pane.onpointermove(at(230, 130, { pointerId: 2 }));
  equal(done.moved.at(-1)?.zoom, Math.min(4, 56 / frame.cell));
});

Deno.test("a plain wheel scrolls the page until the maps have the keyboard", () => {
  let kept = 0;
  const wheel = { deltaY: -100, ctrlKey: false, metaKey: false, preventDefault: () => kept++ };
  const free = surface();
  free.pane.onwheel(at(150, 130, wheel));
  same([free.done.moved.length, kept], [0, 0]);
  const held = surface({ inHand: true });
  held.pane.onwheel(at(150, 130, wheel));
  ok(held.done.moved[0].zoom > 1);
  const meant = surface();
  meant.pane.onwheel(at(150, 130, { ...wheel, ctrlKey: true }));
  ok(meant.done.moved[0].zoom > 1);
  equal(kept, 2);
  const links = surface({ movable: false, inHand: true });
  links.pane.onwheel(at(150, 130, wheel));
  links.pane.ondblclick();
  same([links.done.moved.length, kept], [0, 2], "links don't zoom");
});

Deno.test("buttons zoom around what is lit, or the middle where that is out of view", () => {
  const corner = zoomedAround(WHOLE, frame, 2, { query: 0, key: 0 });
  ok(corner.left < 1 && corner.top < 1);
  const middle = zoomedAround(WHOLE, frame, 2, { query: null, key: null });
  same([middle.left, middle.top], [2.5, 2.5]);
  same(
    zoomedAround(corner, frame, 1.2, { query: 9, key: 9 }),
    zoomedAround(corner, frame, 1.2, { query: null, key: null }),
  );
});
