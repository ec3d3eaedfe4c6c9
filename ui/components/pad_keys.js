// Drawing by keys: the arrows move a pen (with Shift by little), Space puts it down and lifts it.

const [KEY_STEP, SMALL_STEP] = [10, 2]; // pixels of the pad
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEY_PEN = "keys"; // in place of the id of a pointer
const KEY_HELP = "Drawing pad. Draw with mouse, finger or pen, or by keys: arrows move the pen, Space puts it down and lifts it";

function putDown(box, { at }) {
  clearTimeout(box.timer);
  box.pen = KEY_PEN;
  box.strokes.push({ size: Number(box.brush.value), points: [at] });
  drawStroke(box.context, box.strokes.at(-1));
  changed(box);
}

function moveBy(box, pen, direction, step) {
  pen.at = pen.at.map((place, i) => Math.min(SIDE, Math.max(0, place + step * direction[i])));
  if (box.pen !== KEY_PEN) return;
  const stroke = box.strokes.at(-1);
  stroke.points.push(pen.at);
  drawStroke(box.context, stroke, stroke.points.length - 2);
  changed(box);
}

function showPen(box, { at: [x, y], node }) {
  node.classList.toggle("down", box.pen === KEY_PEN);
  Object.assign(node.style, { left: `${(100 * x) / SIDE}%`, top: `${(100 * y) / SIDE}%` });
}

function addKeyPen(box, frame) {
  const pen = { at: [SIDE / 2, SIDE / 2], node: element(frame, "div", "cursor") };
  Object.assign(box.pad, { tabIndex: 0, role: "application", ariaLabel: KEY_HELP });
  box.pad.onkeydown = (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction && event.key !== " ") return;
    event.preventDefault();
    if (direction) moveBy(box, pen, direction, event.shiftKey ? SMALL_STEP : KEY_STEP);
    else if (box.pen === KEY_PEN) lift(box);
    else putDown(box, pen);
    showPen(box, pen);
  };
  box.pad.onblur = () => box.pen === KEY_PEN && lift(box);
  showPen(box, pen);
}
