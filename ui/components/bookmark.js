// The film says where it stands by the event `autoenc-epoch`, and is moved by `autoenc-seek`.

const REST = 800; // milliseconds without a move: longer than a frame of a film that plays

const place = ({ epoch, last }) => epoch ?? last; // as far as the server knows
const move = (data) =>
  dispatchEvent(new CustomEvent("autoenc-seek", { detail: { key: data.film, epoch: place(data) } }));

function create(parentElement) {
  const mark = Object.assign(document.createElement("div"), { className: "autoenc-bookmark" });
  parentElement.append(mark);
  mark.heard = ({ detail: { key, epoch } }) => {
    if (key !== mark.data.film) return;
    if (epoch === null) return mark.due && move(mark.data); // the film has come, after this
    clearTimeout(mark.timer);
    mark.due = false;
    mark.timer = setTimeout(() => epoch === place(mark.data) || mark.send("rests", epoch), REST);
  };
  addEventListener("autoenc-epoch", mark.heard);
  return mark;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const mark = (parentElement.bookmark ??= create(parentElement));
  const opened = mark.data?.opened !== data.opened;
  Object.assign(mark, { data, send: setTriggerValue });
  if (opened) {
    mark.due = data.epoch !== null;
    move(data);
  }
  return () => {
    clearTimeout(mark.timer);
    removeEventListener("autoenc-epoch", mark.heard);
    delete parentElement.bookmark;
  };
}
