// The life of a component. Its box holds its state, and is kept by its key: Streamlit now and then takes the last
// elements of a fragment off the page and puts them back.

const RELEASE_MS = 3000; // milliseconds until what is no longer on the page is let go
const LIFT_EVENTS = ["pointerup", "pointercancel"];

// The box of this key, made where there is none, in its place on the page.
function keep(kept, key, create, place) {
  const box = kept.get(key) ?? rememberFocus(create());
  kept.set(key, box);
  box.places ??= new Set();
  box.places.delete(place);
  box.places.add(place); // the last that asked for it is the last of them
  if (place.isConnected || !box.isConnected) put(box, place);
  return box;
}

function put(box, place) {
  if (box.parentNode === place) return;
  place.append(box);
  // Who moves a slider with the keys goes on with it.
  if (box.focused && document.activeElement === document.body) box.focused.focus({ preventScroll: true });
}

// What has the keyboard's focus in the box, until something else has it; being taken off the page does not count.
function rememberFocus(box) {
  const isElsewhere = () => box.isConnected && !box.contains(box.getRootNode().activeElement);
  box.addEventListener("focusin", ({ target }) => (box.focused = target));
  box.addEventListener("focusout", () => setTimeout(() => isElsewhere() && (box.focused = null)));
  return box;
}

// What a component answers Streamlit with, who calls it when the component leaves this place: `end` stops all that the
// box has begun, unless it is on the page by then. Where elements move up, Streamlit builds a component in its new place
// before the old one leaves, and may call the old one once more: then the box goes back to the place that stays.
function leaving(box, place, end) {
  const goBack = () => {
    if (box.isConnected && box.places.has(box.parentNode)) return;
    const stays = [...box.places].findLast((other) => other.isConnected);
    if (stays) put(box, stays);
  };
  return () => {
    box.places.delete(place);
    goBack();
    setTimeout(() => {
      goBack();
      if (!box.isConnected) end();
    }, RELEASE_MS);
  };
}

function forget(kept, key, box) {
  if (kept.get(key) === box) kept.delete(key);
}

// The same of what is handed over unseen: each place that asks for it holds it, and `end` lets it go with the last. The
// class tells the place from others, to be hidden.
function hold(holders, place, className, end) {
  holders.add(place);
  if (!place.querySelector(`.${className}`)) place.append(Object.assign(document.createElement("div"), { className }));
  const letGo = () => place.isConnected || (holders.delete(place) && !holders.size && end());
  return () => setTimeout(letGo, RELEASE_MS);
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
