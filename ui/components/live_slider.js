// A slider under which pictures follow. `box` is the component, kept from call to call; its `level` is where the slider
// stands, `data.level` what the latest call is of, `data.kind` what the level is of. The server hears where it rests.

const REST_MS = 250; // milliseconds after the last key
const RETRY_MS = 2000; // after a call with an older level: the message may have been lost in a rerun

// Charts follow the slider, and a click on a point of theirs moves it, as they do with a film.
const tell = (key, level) => dispatchEvent(new CustomEvent("autoenc-moment", { detail: { key, at: level } }));

function rest(box) {
  clearTimeout(box.timer);
  const { level, data } = box;
  if (level === box.known) return;
  box.known = level;
  box.told.push(level);
  box.send("rested", { kind: data.kind, level });
}

function tellAgain(box) {
  if (box.dragging || box.level === box.data.level) return;
  box.known = null;
  rest(box);
}

function seek(box, { key, at: level }) {
  if (key !== box.data.key || !(level >= 0 && level <= box.data.most)) return;
  box.level = level;
  rest(box);
  schedule(box);
}

// Where the slider stands after a call. The server may still be at a level that was chosen before: no reason to move.
function follow(box, { kind, level }) {
  const isEcho = kind === box.kind && (level === box.asked || box.told.includes(level));
  if (level === box.known) box.told = [];
  Object.assign(box, { kind, asked: level });
  if (isEcho && level !== box.known) box.timer = setTimeout(() => tellAgain(box), RETRY_MS);
  if (isEcho) return;
  Object.assign(box, { known: level, told: [] });
  clearTimeout(box.timer);
  if (!box.dragging) box.level = level;
}

function createSlider(box) {
  const slider = Object.assign(element(box, "input", "slider"), { type: "range" });
  let keyed = false;
  slider.onkeydown = () => (keyed = true);
  const press = () => ((keyed = false), (box.dragging = true));
  whileHeld(slider, press, () => {
    box.dragging = false;
    setTimeout(() => (rest(box), schedule(box))); // after its last value
  });
  slider.oninput = () => {
    box.level = Number(slider.value);
    clearTimeout(box.timer);
    if (keyed) box.timer = setTimeout(() => rest(box), REST_MS);
    schedule(box);
  };
  slider.onchange = () => keyed || rest(box);
  return slider;
}

// ---------------------------------------------------------------- what stands above it

function createHead(box) {
  const head = element(box, "div", "head");
  box.head = Object.fromEntries(["title", "level", "meaning"].map((name) => [name, element(head, "div", name)]));
  box.slider = createSlider(box);
  return head;
}

// name, says: of the slider, for those who do not see it.
function sayHead({ slider, head, dragging }, { title, level, meaning, least, most, step, at, name, says }) {
  for (const [place, text] of Object.entries({ title, level, meaning })) change(head[place], "textContent", text);
  const settings = { min: least, max: most, step, value: at };
  if (!dragging) for (const [key, value] of Object.entries(settings)) change(slider, key, String(value));
  slider.ariaLabel = name;
  slider.ariaValueText = says;
  slider.style.setProperty("--part", along((at - least) / (most - least)));
}

// Where on the slider the middle of its thumb is, which ends at the ends.
const along = (part) => `calc(${100 * part}% + ${(0.95 - 1.9 * part).toFixed(4)}rem * var(--scale))`;

// ---------------------------------------------------------------- as long as it is on the page

// What draws it again: another size, what is handed over, a film.
function listen(box) {
  box.sizes = new ResizeObserver(() => schedule(box));
  box.sizes.observe(box);
  box.heard = () => schedule(box);
  box.seek = ({ detail }) => seek(box, detail);
  addEventListener("autoenc-assets", box.heard);
  addEventListener("autoenc-seek", box.seek);
  return box;
}

function unlisten(box) {
  box.sizes.disconnect();
  clearTimeout(box.timer);
  removeEventListener("autoenc-assets", box.heard);
  removeEventListener("autoenc-seek", box.seek);
  tell(box.data.key, null);
}
