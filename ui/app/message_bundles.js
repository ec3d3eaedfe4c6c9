// Messages that arrive together reach Streamlit together. Of each by itself React would look at all elements of the
// page: docs/decisions/0037. Sent with the page itself, before Streamlit's own script: ui/server/first_paint.py.

{
  const GAP_MS = 2; // after the last message of a bundle
  const MAX_MS = 16; // that a message waits for others
  const STREAM = "/_stcore/stream";

  function bundle(socket) {
    let waiting = [];
    let first, timer;
    const deliver = () => {
      clearTimeout(timer);
      for (const data of waiting.splice(0)) socket.dispatchEvent(new MessageEvent("message", { data }));
    };
    socket.addEventListener("message", (event) => {
      if (!event.isTrusted) return; // delivered
      event.stopImmediatePropagation();
      if (waiting.push(event.data) === 1) first = event.timeStamp;
      clearTimeout(timer);
      const left = document.hidden ? 0 : Math.min(GAP_MS, first + MAX_MS - event.timeStamp);
      if (left > 0) timer = setTimeout(deliver, left);
      else deliver(); // timers of a hidden page are slow
    });
    socket.addEventListener("close", deliver);
  }

  window.WebSocket = class extends WebSocket {
    constructor(address, protocols) {
      super(address, protocols);
      if (this.url.endsWith(STREAM)) bundle(this);
    }
  };
}
