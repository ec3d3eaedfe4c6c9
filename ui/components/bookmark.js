// The film says where it stands by the event `autoenc-moment`, and is moved by `autoenc-seek`.

const BOXES = (window.autoencBookmarks ??= new Map());
const REST_MS = 800; // milliseconds without a move: longer than a frame of a film that plays

function move(mark) {
  const { film: key, at, last } = mark.data;
  mark.told = at ?? last; // what the server knows
  dispatchEvent(new CustomEvent("autoenc-seek", { detail: { key, at: mark.told } }));
}

// A film that has come anew rests where the page has it: to say so would have the page drawn once more.
function tell(mark, at) {
  const known = mark.told ?? mark.data.at ?? mark.data.last;
  mark.told = at;
  if (at === known) return;
  mark.send("rests", at);
}

function create() {
  const mark = Object.assign(document.createElement("div"), { className: "autoenc-bookmark" });
  mark.heard = ({ detail: { key, at } }) => {
    if (key !== mark.data.film) return;
    clearTimeout(mark.timer);
    if (at !== null) {
      mark.due = false;
      mark.timer = setTimeout(() => tell(mark, at), REST_MS);
    } else if (mark.due) move(mark); // the film has come, after this
    else mark.told = undefined; // another film
  };
  addEventListener("autoenc-moment", mark.heard);
  return mark;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const mark = keep(BOXES, data.film, create, parentElement);
  const opened = mark.data?.opened !== data.opened;
  Object.assign(mark, { data, send: setTriggerValue });
  if (opened) {
    mark.due = data.at !== null;
    move(mark);
  }
  return leaving(mark, parentElement, () => {
    forget(BOXES, data.film, mark);
    clearTimeout(mark.timer);
    removeEventListener("autoenc-moment", mark.heard);
  });
}
