// The life of a component. Its box holds its state, and is kept by its key: Streamlit now and then takes the last
// elements of a fragment off the page and puts them back.

const RELEASE_MS = 3000; // milliseconds until what is no longer on the page is let go
const LIFT_EVENTS = ["pointerup", "pointercancel"];

// The box of this key, made where there is none, in its place on the page.
function keep(kept, key, create, place) {
  const box = kept.get(key) ?? rememberFocus(create());
  kept.set(key, box);
  if (box.parentNode === place) return box;
  place.append(box);
  // Who moves a slider with the keys goes on with it.
  if (box.focused && document.activeElement === document.body) box.focused.focus({ preventScroll: true });
  return box;
}

// What has the keyboard's focus in the box, until something else has it; being taken off the page does not count.
function rememberFocus(box) {
  const isElsewhere = () => box.isConnected && !box.contains(box.getRootNode().activeElement);
  box.addEventListener("focusin", ({ target }) => (box.focused = target));
  box.addEventListener("focusout", () => setTimeout(() => isElsewhere() && (box.focused = null)));
  return box;
}

// What a component answers Streamlit with, who calls it when the component leaves the page: `end` stops all that the
// box has begun, unless it is back by then.
const leaving = (box, end) => () => setTimeout(() => box.isConnected || end(), RELEASE_MS);

function forget(kept, key, box) {
  if (kept.get(key) === box) kept.delete(key);
}

// The same of what is handed over unseen: each place that asks for it holds it, and `end` lets it go with the last. The
// class tells the place from others, to be hidden.
function hold(holders, place, className, end) {
  holders.add(place);
  if (!place.querySelector(`.${className}`)) place.append(Object.assign(document.createElement("div"), { className }));
  return leaving(place, () => holders.delete(place) && !holders.size && end());
}

// From a press until its end, wherever that is: the node may have left the page by then. Neither a second finger counts
// nor the hand beside the pen, nor the button whose menu swallows its release. An end that nobody heard is made up for
// at the next press.
function whileHeld(node, begin, end) {
  let release = null;
  let held = null; // mouse, touch or pen
  node.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary || (release && held !== event.pointerType)) return;
    release?.();
    held = event.pointerType;
    const lifted = ({ pointerId }) => pointerId === event.pointerId && release();
    release = () => {
      for (const name of LIFT_EVENTS) removeEventListener(name, lifted, true);
      release = null;
      end();
    };
    for (const name of LIFT_EVENTS) addEventListener(name, lifted, true);
    begin(event);
  });
}
