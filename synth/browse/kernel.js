"use strict";
// One kernel: opened out of its chunk, and everything about it but its code and its runs.

function step(by) {
  const position = rows.indexOf(current);
  const next = position < 0 ? 0 : position + by;
  if (rows.length && next >= 0 && next < rows.length) open(rows[next]);
}

function drawSteps() {
  const position = rows.indexOf(current);
  element("previous").disabled = position <= 0;
  element("next").disabled = !rows.length || position === rows.length - 1;
}

async function open(row, { remember = true } = {}) {
  if (row === current) return;
  current = row;
  if (remember) history.replaceState(null, "", `#${records.id[row]}`);
  revealRow();
  drawList();
  drawSteps();
  element("kernel").setAttribute("aria-busy", "true");
  const number = chunkNumber(row);
  try {
    const chunk = await chunkOf(number);
    if (row !== current) return;
    shown = { row, record: chunk[row - index.chunks[number]] };
    drawKernel();
    for (const near of [number - 1, number + 1]) {
      if (near >= 0 && near < index.chunks.length) chunkOf(near).catch(() => {}); // Said when it is opened.
    }
  } catch (error) {
    if (row === current) drawFailure(row, error);
  }
  element("kernel").setAttribute("aria-busy", "false");
}

function drawFailure(row, error) {
  shown = null;
  element("name").textContent = records.name[row];
  element("description").textContent = `This record could not be opened: ${error.message}.`;
  for (const part of ["badges", "tabs", "costs", "replay", "runs", "facts"]) element(part).replaceChildren();
  for (const side of Object.keys(panes)) fill(side, "", "python");
  light(null);
}

function chunkNumber(row) {
  let low = 0;
  let high = index.chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (index.chunks[middle] <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

function drawKernel() {
  const { record } = shown;
  const { metadata } = record;
  document.title = `${metadata.kernel_name} · ${index.title}`;
  element("name").textContent = metadata.kernel_name;
  element("name").title = metadata.kernel_name;
  element("description").replaceChildren(
    ...metadata.description.split("`").map((part, number) => (number % 2 ? make("code", { textContent: part }) : part))
  );
  element("description").title = metadata.description.replaceAll("`", "");
  element("kernel").scrollTop = 0;
  drawBadges(record);
  drawPython(record);
  drawTabs(record);
  drawCosts(record);
  drawReplay(metadata);
  drawRuns(record);
  drawFacts(record);
  markFound();
}

function drawBadges({ io, metadata }) {
  const badge = (text, kind = "") => make("span", { className: `badge ${kind}`, textContent: text, title: text });
  const badges = [
    badge(metadata.category), badge(`index ${metadata.index}`), badge(metadata.id, "mono"), badge(metadata.device),
  ];
  if (metadata.split) badges.push(badge(metadata.split));
  if (!io) badges.push(badge("not run"));
  else {
    const agrees = (verdict) => verdict === "agrees";
    badges.push(
      agrees(io.reference)
        ? badge("outputs agree with CPython", "good")
        : badge(`outputs not compared: ${io.reference}`, "note"),
      agrees(io.gradient)
        ? badge("gradients agree", "good")
        : badge(`gradients not compared: ${io.gradient}`, "note")
    );
    if (io.exact) badges.push(badge("the same bits everywhere"));
  }
  element("badges").replaceChildren(...badges);
}

function drawReplay(metadata) {
  const command = (label, template) => {
    const text = template.replace("{index}", metadata.index);
    return make(
      "div", { className: "command" },
      make("span", { textContent: label }), make("code", { textContent: text }),
      make("button", { type: "button", textContent: "Copy", onclick: () => copy(text, "Command copied") })
    );
  };
  element("replay").replaceChildren(
    command("and compare", index.replay),
    ...(index.replay_alone ? [command("from the seed", index.replay_alone)] : [])
  );
}

const named = (key) => key.replaceAll("_", " ");

// A value in words, whatever it holds.
function spelled(value) {
  if (value === null || typeof value !== "object") return String(value ?? "none");
  if (Array.isArray(value)) return value.map(spelled).join(", ");
  const isGroup = (part) => part !== null && typeof part === "object";
  return Object.entries(value)
    .map(([key, part]) => `${named(key)} ${isGroup(part) ? `(${spelled(part)})` : spelled(part)}`).join(", ");
}

function drawFacts(record) {
  const { metadata } = record;
  const known = [];
  const say = (name, value) => {
    if (value !== undefined && value !== null && value !== "") known.push([name, value]);
  };
  say("id", metadata.id);
  say("seed, index", `${metadata.seed}, ${metadata.index}`);
  say("profile", metadata.profile);
  say("split", metadata.split);
  say("cluster", metadata.cluster_id);
  say("features", (metadata.features ?? []).join(", "));
  const { sizes, ...compile } = metadata.compile ?? {}; // The panes say how long each text is.
  for (const [name, value] of Object.entries({ ...compile, ...otherFigures(record) })) {
    say(named(name), spelled(value));
  }
  say("ir digest", metadata.ir_digest);
  say("structure digest", metadata.structure_digest);
  say("Warp", metadata.warp_version);
  say("Warpsmith", metadata.generator_version);
  const rowOf = ([name, value]) =>
    make("div", {}, make("dt", { textContent: name }), make("dd", { textContent: value }));
  const chips = (column, times) =>
    make("div", { className: "chips" },
      ...records[column][shown.row].map((number) => {
        const name = nameOf(column, number);
        const label = labelOf(column, number);
        const find = () => want(column, number);
        return make("button", { type: "button", className: "chip", title: `Kernels with ${label}`, onclick: find },
          label, times?.[name] > 1 ? make("span", { className: "times", textContent: ` ${times[name]}×` }) : null);
      }));
  const cluster = records.cluster[shown.row];
  const neighbours = index.names.cluster.counts[cluster];
  element("facts").replaceChildren(
    make("dl", { className: "known" }, ...known.map(rowOf)),
    ...(nameOf("cluster", cluster) !== "" && neighbours > 1
      ? [
          make("h4", { textContent: "Near-duplicates" }),
          make("button", {
            type: "button", className: "chip", textContent: `the ${neighbours} kernels of its cluster`,
            onclick: () => want("cluster", cluster),
          }),
        ]
      : []),
    make("h4", { textContent: "Built-ins that it calls (choose one to find others)" }), chips("builtin"),
    make("h4", { textContent: "Constructs: rows of the catalogue that it is made of" }),
    chips("construct", metadata.constructs)
  );
}
