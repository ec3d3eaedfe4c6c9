// Two slots, and the pictures that are dragged into them or chosen by a press or a key: `box.slots` is { a, b }, numbers of
// images. The slot that is marked takes what is chosen without a drag.

const DRAG_PX = 6; // a shorter move is a press

const otherSlot = (slot) => (slot === "a" ? "b" : "a");
const hasSlots = ({ data: { tiles } }) => tiles.some(({ slot }) => slot);

function putInto(box, slot, number) {
  box.marked = otherSlot(slot);
  if (box.slots[slot] === number) return schedule(box);
  box.slots = { ...box.slots, [slot]: number };
  box.toldSlots.push(JSON.stringify(box.slots));
  box.known = null; // the server is to hear of it wherever the slider stands
  rest(box);
  schedule(box);
}

// After a call: the server may still be at what was put there before, or knows better.
function followSlots(box, { kind, start, plus }) {
  const asked = { a: start, b: plus };
  const text = JSON.stringify(asked);
  const isEcho = box.slotsOf === kind && (text === box.askedSlots || box.toldSlots.includes(text));
  if (text === JSON.stringify(box.slots)) box.toldSlots = [];
  Object.assign(box, { slotsOf: kind, askedSlots: text });
  if (!isEcho) Object.assign(box, { slots: asked, toldSlots: [] });
}

// ---------------------------------------------------------------- dragging

const slotAt = (box, { x, y }) => box.getRootNode().elementFromPoint(x, y)?.closest("[data-slot]") ?? null;

function beginDrag(box, node, number, event) {
  node.setPointerCapture(event.pointerId); // a mouse may leave it
  box.drag = { number, node, x: event.clientX, y: event.clientY, from: [event.clientX, event.clientY], ghost: null };
}

function moveDrag(box, event) {
  const { drag } = box;
  if (!drag) return;
  [drag.x, drag.y] = [event.clientX, event.clientY];
  if (!drag.ghost && Math.hypot(drag.x - drag.from[0], drag.y - drag.from[1]) < DRAG_PX) return;
  drag.ghost ??= addGhost(box, drag.node.querySelector("canvas"));
  drag.ghost.style.translate = `${drag.x}px ${drag.y}px`;
  const over = slotAt(box, drag);
  for (const slot of Object.values(box.parts.slots)) slot.classList.toggle("over", slot === over);
}

function addGhost(box, picture) {
  const ghost = element(box, "canvas", "ghost");
  Object.assign(ghost, { width: picture.width, height: picture.height });
  ghost.getContext("2d").drawImage(picture, 0, 0);
  return ghost;
}

function endDrag(box) {
  const { drag } = box;
  if (!drag) return;
  box.drag = null;
  box.dragged = Boolean(drag.ghost); // the click that follows is none
  const slot = drag.ghost && slotAt(box, drag);
  drag.ghost?.remove();
  for (const one of Object.values(box.parts.slots)) one.classList.remove("over");
  if (slot) putInto(box, slot.dataset.slot, drag.number);
}

// By pointer, from wherever it stands.
function makeDraggable(box, node, numberOf) {
  whileHeld(node, (event) => beginDrag(box, node, numberOf(), event), () => endDrag(box));
  node.onpointermove = (event) => moveDrag(box, event);
  node.ondragstart = () => false;
}

// ---------------------------------------------------------------- what there is to choose, and where it goes

function addChoice(box, parent, number, i) {
  const choice = element(parent, "button", "choice");
  const canvas = element(choice, "canvas");
  Object.assign(choice, { type: "button", tabIndex: i ? -1 : 0 });
  choice.onclick = () => (box.dragged ? (box.dragged = false) : putInto(box, box.marked, number));
  choice.onfocus = () => box.parts.choices.forEach((other) => (other.node.tabIndex = other.node === choice ? 0 : -1));
  choice.onkeydown = (event) => {
    const nodes = box.parts.choices.map(({ node }) => node);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    const target = { Home: 0, End: nodes.length - 1 }[event.key] ?? i + step;
    box.dragged = false;
    if (Number.isNaN(target)) return;
    event.preventDefault();
    nodes[target]?.focus();
  };
  makeDraggable(box, choice, () => number);
  return { node: choice, canvas, number };
}

function addSlot(box, figure, slot) {
  const node = element(figure, "div", "slot");
  node.dataset.slot = slot;
  Object.assign(node, { role: "button", tabIndex: 0 });
  const mark = () => ((box.marked = slot), schedule(box));
  node.onclick = () => (box.dragged ? (box.dragged = false) : mark());
  node.onkeydown = (event) => [" ", "Enter"].includes(event.key) && (event.preventDefault(), mark());
  makeDraggable(box, node, () => box.slots[slot]);
  box.parts.slots[slot] = node;
  return element(node, "canvas");
}

function saySlots(box, scene) {
  const { slots, marked, parts } = box;
  for (const [slot, node] of Object.entries(parts.slots)) {
    const title = scene.titles[scene.at.get(slots[slot])] ?? "";
    change(node, "ariaPressed", String(marked === slot));
    change(node, "ariaLabel", `${slot.toUpperCase()}: ${title}. The next image chosen goes ${marked === slot ? "here" : "to the other place; press to have it here"}`);
    change(parts.names[slot], "textContent", title);
  }
  for (const { node, number } of parts.choices) {
    const title = scene.titles[scene.at.get(number)] ?? "";
    change(node, "title", `${title}: drag it to A or B`);
    change(node, "ariaLabel", `${title}, choose it for ${marked.toUpperCase()}`);
    node.classList.toggle("taken", number === slots.a || number === slots.b);
  }
}
