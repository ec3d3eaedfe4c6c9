// The server draws; the browser shows.

const KEPT = (window.autoencDrawings ??= new Map());
const create = () => Object.assign(document.createElement("div"), { className: "drawing" });

export default function ({ data: { key, html }, parentElement }) {
  const box = keep(KEPT, key, create, parentElement);
  box.innerHTML = html;
  return leaving(box, () => forget(KEPT, key, box));
}
