// Above the plot no more room than its title and legend need: the figure has that of a phone (`legends` in
// plots/dots.py, `above` in plots/denoising/parts.py).
function fitted({ data, layout }, { width, letters, titled }) {
  const packed = layout.legend?.traceorder === "grouped"; // an entry is as wide as its name
  if (!layout.legend2 && !packed) return { data, layout };
  const named = data.filter(({ showlegend }) => showlegend !== false);
  const room = width - layout.margin.l - layout.margin.r;
  const lengths = named.filter(({ legend }) => !legend).map(({ name }) => name.length);
  if (packed && lengths.length) lengths[0] += plain(layout.legend.title).length;
  const rows = packed
    ? titled + rowsOf(lengths.map((n) => 50 + 6.6 * letters * n), room)
    : (lengths.length < named.length) + rowsOfEqual(lengths.map((n) => (40 + 7.5 * n) * letters), room);
  layout.margin.t = Math.min(layout.margin.t, (packed ? 13 + 25 * rows : 16 + 26 * rows) * letters);
  return { data, layout };
}

function rowsOf(widths, room) {
  let rows = 1, taken = 0;
  for (const width of widths) {
    if (taken && taken + width > room) [rows, taken] = [rows + 1, 0];
    taken += width;
  }
  return rows;
}

// In columns, where one row is too short for all.
function rowsOfEqual(widths, room) {
  const n = widths.length, whole = widths.reduce((a, b) => a + b, 0);
  const perRow = whole <= room ? n || 1 : Math.max(1, Math.floor(room / Math.max(...widths)));
  return Math.max(1, Math.ceil(n / perRow));
}
