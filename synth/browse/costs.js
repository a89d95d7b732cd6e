"use strict";
// What a kernel costs: its annotations as small tables. What there is no table for is said among the other facts.

const DIRECTIONS = ["forward", "backward"];
const NOT_TIMED = "not measured: it was not run, or its outputs do not agree";

function otherFigures({ annotations = {} }) {
  const { static: counts, instructions, resources, code_bytes: bytes, time, ...others } = annotations;
  return others;
}

const figure = (value) =>
  make("td", { className: value ? "" : "zero", textContent: value === undefined ? "–" : value.toLocaleString("en") });

function rowOf(key, ...cells) {
  const head = make("th", { scope: "row", title: index.meanings[key] ?? "", textContent: named(key) });
  return make("tr", {}, head, ...cells);
}

function costTable(title, note, heads, body) {
  const cells = heads.map((text) => make("th", { scope: "col", textContent: text }));
  const head = cells.length ? make("thead", {}, make("tr", {}, make("td"), ...cells)) : null;
  return make("section", {}, make("h4", { title: note, textContent: title }),
    make("table", {}, head, make("tbody", {}, ...body)));
}

// Operations and, where some move memory, its bytes.
function staticTables(counts) {
  const bytesOf = (key) => `${key.replace(/s$/, "")}_bytes`;
  const moved = Object.keys(counts).filter((key) => bytesOf(key) in counts);
  const done = Object.keys(counts).filter((key) => !moved.includes(key) && !moved.map(bytesOf).includes(key));
  const half = Math.ceil(done.length / 2);
  const columns = [done.slice(0, half), done.slice(half)].map((keys) =>
    make("table", {}, make("tbody", {}, ...keys.map((key) => rowOf(key, figure(counts[key]))))));
  const note = "Of the forward code, as written: each generated statement counts once";
  return [
    make("section", {}, make("h4", { title: note, textContent: "Operations of a thread" }),
      make("div", { className: "halves" }, ...columns)),
    costTable("Memory that it moves", note, ["times", "bytes"],
      moved.map((key) => rowOf(key, figure(counts[key]), figure(counts[bytesOf(key)])))),
  ];
}

function instructionTable(instructions, bytes) {
  const levels = index.levels.filter(({ key }) => instructions[key]);
  const body = levels.map(({ key, short, title }) =>
    make("tr", {}, make("th", { scope: "row", title, textContent: short }),
      ...DIRECTIONS.map((way) => figure(instructions[key][way]))));
  if (bytes !== undefined) {
    body.push(rowOf("code_bytes", make("td", { colSpan: DIRECTIONS.length, textContent: bytes.toLocaleString("en") })));
  }
  return costTable("Instructions", index.meanings.instructions, DIRECTIONS, body);
}

function resourceTable(resources) {
  const keys = Object.keys(DIRECTIONS.map((way) => resources[way]).find(Boolean) ?? {});
  return costTable("A thread on the GPU", index.meanings.resources, DIRECTIONS,
    keys.map((key) => rowOf(key, ...DIRECTIONS.map((way) => figure(resources[way]?.[key])))));
}

function timeTable(time) {
  const said = (key, text, title = "") => rowOf(key, make("td", { textContent: text, title }));
  const body = time
    ? [
        time.ns_per_thread > 0
          ? said("ns_per_thread", time.ns_per_thread.toLocaleString("en", { maximumSignificantDigits: 4 }))
          : said("ns_per_thread", "≈ 0", "The launch took no longer than one of no threads."),
        said("spread", `${(100 * time.spread).toFixed(1)} %`),
        said("threads", time.threads.toLocaleString("en")),
        said("runs", time.runs.toLocaleString("en")),
      ]
    : [make("tr", {}, make("td", { className: "zero", textContent: NOT_TIMED }))];
  return costTable("Time on one CPU core", index.meanings.time, [], body);
}

function drawCosts({ annotations = {} }) {
  const { static: counts, instructions, resources, code_bytes: bytes, time } = annotations;
  const tables = [
    ...(counts ? staticTables(counts) : []),
    ...(instructions ? [instructionTable(instructions, bytes)] : []),
    ...(resources ? [resourceTable(resources)] : []),
    ...(time === undefined ? [] : [timeTable(time)]),
  ];
  element("cost").hidden = !tables.length;
  element("costs").replaceChildren(...tables);
}
