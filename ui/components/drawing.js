// The server draws; the browser shows.

const BOXES = (window.autoencDrawings ??= new Map());
const create = () => Object.assign(document.createElement("div"), { className: "drawing" });

export default function ({ data: { key, html, png }, parentElement }) {
  const box = keep(BOXES, key, create, parentElement);
  box.innerHTML = html;
  if (png) addSaveButton(box, png.title, () => asPicture(box.firstChild, png, []));
  return leaving(box, parentElement, () => forget(BOXES, key, box));
}
