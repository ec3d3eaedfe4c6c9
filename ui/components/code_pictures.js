// The pictures beside a code under the hand: the image, what is drawn of its code, and what moving it has changed.

const [MORE, LESS] = [[213, 94, 0], [27, 127, 196]]; // brighter than it was, darker; told apart by every kind of eye
const FAINT = 0.02; // a change of less is none that anybody sees

function addPicture(parent, className, label) {
  const figure = element(parent, "figure", className);
  const frame = element(figure, "div", "frame");
  const canvas = Object.assign(element(frame, "canvas"), { role: "img", ariaLabel: label });
  const caption = element(figure, "figcaption", "", label);
  return { figure, frame, canvas, caption };
}

function addPictures(box) {
  const see = element(box, "div", "see");
  box.pictures = {
    drawn: addPicture(see, "drawn", "Drawn from the code"),
    original: addPicture(see, "original", "Original"),
    change: addPicture(see, "change", "What you changed"),
  };
  box.says = element(box.pictures.drawn.figure, "div", "reads");
  box.where = element(see, "div", "where");
  box.where.setAttribute("role", "status");
}

function sizePictures(box) {
  const [, height, width] = box.scene.shape;
  for (const { canvas } of Object.values(box.pictures)) sizeCanvas(canvas, width, height);
}

// The mean over the channels of what is brighter than before, from -1 to 1; `at` is where the numbers begin.
function changeOf(after, before, [channels, height, width], at = 0) {
  const area = height * width;
  const brighter = new Float32Array(area);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < area; i++) brighter[i] += (after[at + c * area + i] - before[c * area + i]) / channels;
  return brighter;
}

const mostOf = (change) => change.reduce((most, one) => Math.max(most, Math.abs(one)), 0);

// Nothing is the ground, more of it stronger.
function paintChange(canvas, change, most) {
  const image = new ImageData(canvas.width, canvas.height);
  change.forEach((one, i) => {
    const [r, g, b] = one > 0 ? MORE : LESS;
    image.data.set([r, g, b, 255 * Math.min(1, Math.abs(one) / most) ** 0.7], 4 * i);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// ---------------------------------------------------------------- what is seen

// Of a model too large for the browser: what the server has drawn, dimmed where the hand has gone on.
function served(box) {
  const { scene } = box;
  box.untouched = scene.untouched;
  const isOfNow = sameAs(box.moved, scene.moved);
  return { stamp: isOfNow ? box.stamp : -1, levels: isMoved(box) ? scene.movedPicture : scene.untouched };
}

function showPictures(box) {
  const { scene, pictures: { drawn, original, change } } = box;
  if (!isLive(box) && scene.untouched) box.drawn = served(box);
  if (box.painted.original !== scene.x) paintLevels(original.canvas, scene.x, scene.shape);
  box.painted.original = scene.x;
  const now = box.drawn;
  box.classList.toggle("away", !isLive(box) && Boolean(now) && now.stamp !== box.stamp);
  if (!now || box.painted.drawn === now.levels) return;
  box.painted.drawn = now.levels;
  paintLevels(drawn.canvas, now.levels, scene.shape);
  const changes = changeOf(now.levels, box.untouched, scene.shape);
  paintChange(change.canvas, changes, Math.max(FAINT, mostOf(changes)));
  box.dataset.updates = ++box.updates;
  if (now.since) box.dataset.milliseconds = (performance.now() - now.since).toFixed(1);
}

function sayPictures(box) {
  const { scene, pictures, read } = box;
  const note = box.failed ? `: ${CANNOT_COMPUTE}` : isLive(box) ? "" : " (large model: on the server, when you let go)";
  change(pictures.drawn.caption, "textContent", `Drawn from the code${note}`);
  change(pictures.change.caption, "textContent", isMoved(box) ? "What you changed" : "Nothing changed yet");
  box.says.hidden = !scene.reader;
  if (scene.reader) sayWords(box.says, read?.readings[1], scene.reader, Boolean(read) && read.readings[1]?.is !== read.readings[0]?.is);
  box.where.hidden = !scene.bars;
  if (!scene.bars) return;
  const far = distanceOf(scene, box.moved);
  const [, words] = scene.words.find(([limit]) => limit === null || far <= limit);
  change(box.where, "textContent", words);
  box.where.classList.toggle("nobody", words === scene.words.at(-1)[1]);
}

// ---------------------------------------------------------------- where a place of a map can draw

function showReach(box, row, column) {
  const { maps: { stride, first, last }, shape: [, ...sides] } = box.scene;
  const place = [row, column];
  const ends = sides.map((side, i) => {
    const [begin, end] = [first, last].map((edge) => edge[i] + place[i] * stride[i]);
    return [Math.max(0, begin), Math.min(side - 1, end) + 1].map((pixel) => (100 * pixel) / side);
  });
  for (const { frame } of [box.pictures.drawn, box.pictures.change]) {
    const reach = frame.querySelector(".reach") ?? element(frame, "div", "reach");
    const [[top, bottom], [left, right]] = ends;
    Object.assign(reach.style, { top: `${top}%`, height: `${bottom - top}%`, left: `${left}%`, width: `${right - left}%` });
  }
}
