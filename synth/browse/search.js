"use strict";
// The list as it lies in the page, and what of it is wanted.

const OUTPUTS_AGREE = 1;
const GRADIENTS_AGREE = 2;

let index; // The list as it lies in the page.
let records; // Its columns.
let sources = null; // By row, everything that the search looks at, in lower case; null until it is unpacked.
let rows = []; // What was found, in order.
let current = -1; // The row that is open.
let shown = null; // And its record.
let level = ""; // The level that was chosen last.
const wanted = { construct: new Set(), builtin: new Set(), cluster: new Set() };

const nameOf = (column, number) => index.names[column].names[number];

function haystack(row) {
  return [
    records.name[row], records.id[row], nameOf("category", records.category[row]), records.description[row],
  ].join("\n").toLowerCase();
}

async function readSources() {
  const texts = (await unpacked("sources")).split("\0");
  sources = records.id.map((_, row) => `${haystack(row)}\n${texts[row].toLowerCase()}`);
}

function verdictTest() {
  const bits = records.verdicts;
  return {
    outputs: (row) => bits[row] & OUTPUTS_AGREE,
    gradients: (row) => bits[row] & GRADIENTS_AGREE,
    "not-outputs": (row) => !(bits[row] & OUTPUTS_AGREE),
    "not-gradients": (row) => !(bits[row] & GRADIENTS_AGREE),
  }[element("verdict").value];
}

function filters() {
  const found = [];
  const words = element("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) {
    const text = sources ? (row) => sources[row] : haystack;
    found.push((row) => words.every((word) => text(row).includes(word)));
  }
  for (const column of ["category", "device", "split"]) {
    const chosen = element(column).value;
    if (chosen !== "") found.push((row) => records[column][row] === Number(chosen));
  }
  const verdict = verdictTest();
  if (verdict) found.push(verdict);
  for (const column of ["construct", "builtin"]) {
    for (const number of wanted[column]) found.push((row) => records[column][row].includes(number));
  }
  for (const number of wanted.cluster) found.push((row) => records.cluster[row] === number);
  return found.reverse(); // The cheap ones first.
}

const ORDERS = {
  index: null,
  short: (one, other) => records.lines[one] - records.lines[other] || one - other,
  long: (one, other) => records.lines[other] - records.lines[one] || one - other,
  generated: (one, other) => records.bytes[other] - records.bytes[one] || one - other,
  name: (one, other) => records.name[one].localeCompare(records.name[other], "en") || one - other,
};

function find() {
  const tests = filters();
  rows = records.id.map((_, row) => row).filter((row) => tests.every((test) => test(row)));
  const order = ORDERS[element("order").value];
  if (order) rows.sort(order);
  element("count").textContent =
    rows.length === records.id.length
      ? plural(rows.length, "kernel")
      : `${rows.length.toLocaleString("en")} of ${plural(records.id.length, "kernel")}`;
  drawChips();
  element("list").scrollTop = 0;
  drawList();
  markFound();
  drawSteps();
}

function labelOf(column, number) {
  return `${{ builtin: "wp.", cluster: "cluster " }[column] ?? ""}${nameOf(column, number)}`;
}

function drawChips() {
  const chips = Object.entries(wanted).flatMap(([column, numbers]) =>
    [...numbers].map((number) =>
      make("button", {
        type: "button",
        className: "chip on",
        title: "Drop this filter",
        textContent: labelOf(column, number),
        onclick: () => {
          numbers.delete(number);
          find();
        },
      })
    )
  );
  element("chips").replaceChildren(...chips);
}

function want(column, number) {
  wanted[column].add(number);
  find();
}
