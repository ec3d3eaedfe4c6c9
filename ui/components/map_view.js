// The part of a plane that is seen on a canvas. A view is { x, y, scale }: the place in the middle, and pixels of the
// screen for a unit of the plane; higher places are nearer to the top. `box.size` is that of the canvas, [width, height].

const [FARTHEST, NEAREST] = [0.25, 200]; // of the scale at which all is seen

const fitted = ({ size: [width, height], map: { extent: [left, bottom, right, top] } }) => ({
  x: (left + right) / 2,
  y: (bottom + top) / 2,
  scale: Math.min(width / (right - left), height / (top - bottom)),
});

const onScreen = ({ view: { x, y, scale }, size: [width, height] }, [a, b]) => [width / 2 + (a - x) * scale, height / 2 - (b - y) * scale];

const placeAt = ({ view: { x, y, scale }, size: [width, height] }, [left, top]) => [x + (left - width / 2) / scale, y - (top - height / 2) / scale];

// Left, bottom, right, top of what is seen.
function seenExtent({ view: { x, y, scale }, size: [width, height] }) {
  const [wide, high] = [width / 2 / scale, height / 2 / scale];
  return [x - wide, y - high, x + wide, y + high];
}

function pan({ view }, right, down) {
  view.x -= right / view.scale;
  view.y += down / view.scale;
}

// What lies under this point of the screen stays there.
function zoom(box, by, point) {
  const { view } = box;
  const before = placeAt(box, point);
  const all = fitted(box).scale;
  view.scale = Math.min(Math.max(view.scale * by, all * FARTHEST), all * NEAREST);
  const after = placeAt(box, point);
  view.x += before[0] - after[0];
  view.y += before[1] - after[1];
}

// ---------------------------------------------------------------- mouse, fingers, keys

const CLICK_PX = 4; // pixels: less is no drag
const WHEEL = 0.0015; // of the scale for a pixel of the wheel
const KEY_STEP = 0.025; // of what is seen, for an arrow
const KEY_ZOOM = 1.4;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const pointOf = (box, { clientX, clientY }) => {
  const { left, top } = box.canvas.getBoundingClientRect();
  return [clientX - left, clientY - top];
};

const middleOf = ([[x, y], other]) => [(x + other[0]) / 2, (y + other[1]) / 2];
const distanceOf = ([[x, y], other]) => Math.hypot(x - other[0], y - other[1]);

// A mouse points where it is, and pans while it is pressed; one finger points, two pan and zoom.
// box.point(place), box.rested(), box.seen(): the place pointed at, at rest, another view.
function listenToPointers(box) {
  const { canvas } = box;
  const down = new Map(); // pointerId -> where it is
  let start = null; // of a mouse's drag
  const follows = ({ pointerType }) => (pointerType === "mouse" ? !start : down.size === 1);
  canvas.onpointerdown = (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, pointOf(box, event));
    if (event.pointerType === "mouse") start = pointOf(box, event);
    else if (down.size === 1) box.point(placeAt(box, pointOf(box, event)));
  };
  canvas.onpointermove = (event) => {
    const point = pointOf(box, event);
    const before = [...down.values()];
    if (down.has(event.pointerId)) down.set(event.pointerId, point);
    if (follows(event)) return box.point(placeAt(box, point));
    const now = [...down.values()];
    if (down.size === 2) {
      pan(box, ...middleOf(now).map((at, i) => at - middleOf(before)[i]));
      zoom(box, distanceOf(now) / Math.max(1, distanceOf(before)), middleOf(now));
    } else if (down.size === 1) pan(box, point[0] - before[0][0], point[1] - before[0][1]);
    box.seen();
  };
  const lift = (event) => {
    const point = pointOf(box, event);
    if (down.delete(event.pointerId) && start && distanceOf([start, point]) < CLICK_PX) box.point(placeAt(box, point));
    if (event.pointerType === "mouse") start = null;
    if (!down.size) box.rested();
  };
  canvas.onpointerup = canvas.onpointercancel = lift;
  const onWheel = (event) => {
    event.preventDefault();
    zoom(box, Math.exp(-event.deltaY * WHEEL), pointOf(box, event));
    box.seen();
  };
  canvas.addEventListener("wheel", onWheel, { passive: false });
}

function listenToKeys(box) {
  box.canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const middle = box.size.map((side) => side / 2);
    const { key } = event;
    if (ARROWS[key]) pointByKey(box, ARROWS[key]);
    else if (key === "+" || key === "=") zoom(box, KEY_ZOOM, box.at ? onScreen(box, box.at) : middle);
    else if (key === "-") zoom(box, 1 / KEY_ZOOM, box.at ? onScreen(box, box.at) : middle);
    else if (key === "0" || key === "Home") box.view = fitted(box);
    else return;
    event.preventDefault();
    box.keyed = true;
    if (!ARROWS[key]) box.seen();
  };
  box.canvas.onkeyup = ({ key }) => ARROWS[key] && box.rested();
}

// Past the edge the view comes along.
function pointByKey(box, [right, down]) {
  const step = KEY_STEP * Math.min(...box.size);
  const [x, y] = onScreen(box, box.at);
  const to = [x + right * step, y + down * step];
  box.point(placeAt(box, to));
  if (to.some((at, i) => at < 0 || at > box.size[i])) {
    pan(box, -right * step, -down * step);
    box.seen();
  }
}
