// The film says where it stands by the event `autoenc-epoch`, and is moved by `autoenc-seek`.

const BOXES = (window.autoencBookmarks ??= new Map());
const REST_MS = 800; // milliseconds without a move: longer than a frame of a film that plays

function move(mark) {
  const { film: key, epoch, last } = mark.data;
  mark.told = epoch ?? last; // what the server knows
  dispatchEvent(new CustomEvent("autoenc-seek", { detail: { key, epoch: mark.told } }));
}

function tell(mark, epoch) {
  if (epoch === mark.told) return;
  mark.told = epoch;
  mark.send("rests", epoch);
}

function create() {
  const mark = Object.assign(document.createElement("div"), { className: "autoenc-bookmark" });
  mark.heard = ({ detail: { key, epoch } }) => {
    if (key !== mark.data.film) return;
    clearTimeout(mark.timer);
    if (epoch !== null) {
      mark.due = false;
      mark.timer = setTimeout(() => tell(mark, epoch), REST_MS);
    } else if (mark.due) move(mark); // the film has come, after this
    else mark.told = undefined; // another film
  };
  addEventListener("autoenc-epoch", mark.heard);
  return mark;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const mark = keep(BOXES, data.film, create, parentElement);
  const opened = mark.data?.opened !== data.opened;
  Object.assign(mark, { data, send: setTriggerValue });
  if (opened) {
    mark.due = data.epoch !== null;
    move(mark);
  }
  return leaving(mark, parentElement, () => {
    forget(BOXES, data.film, mark);
    clearTimeout(mark.timer);
    removeEventListener("autoenc-epoch", mark.heard);
  });
}
