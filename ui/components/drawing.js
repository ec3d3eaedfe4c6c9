// The server draws; the browser shows.

const BOXES = (window.autoencDrawings ??= new Map());
const create = () => Object.assign(document.createElement("div"), { className: "drawing" });

export default function ({ data: { key, html }, parentElement }) {
  const box = keep(BOXES, key, create, parentElement);
  box.innerHTML = html;
  return leaving(box, parentElement, () => forget(BOXES, key, box));
}
