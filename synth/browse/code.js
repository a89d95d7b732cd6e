"use strict";
// The two panes of code, and the lines that light up in both.

let counterparts = { python: new Map(), generated: new Map() };
let statements = []; // By Python line, the line on which its statement starts, from 0.
let lighted = []; // The elements that are lit.
let pinned = null;

function drawPython(record) {
  pinned = null;
  light(null);
  statements = fill("python", record.python_source, "python");
}

function drawTabs(record) {
  const there = index.levels.filter((row) => record[row.key]);
  const chosen = there.find((row) => row.key === level) ?? there[0];
  element("tabs").replaceChildren(
    ...there.map((row) => {
      return make("button", {
        type: "button", role: "tab", "aria-controls": "panel", id: `tab-${row.key}`,
        textContent: row.short, "data-title": row.short, title: row.meaning,
        "aria-selected": String(row === chosen), tabIndex: row === chosen ? 0 : -1,
        onclick: () => chooseLevel(row.key),
      });
    })
  );
  drawLevel(chosen);
}

function chooseLevel(key) {
  level = key;
  // What is kept lit stays so at the other level, by its line of Python.
  if (pinned?.side === "generated") {
    const python = counterparts.generated.get(pinned.line);
    pinned = python ? { side: "python", line: python } : null;
  }
  for (const tab of element("tabs").children) {
    const chosen = tab.id === `tab-${key}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  drawLevel(index.levels.find((row) => row.key === key));
  markFound();
}

function stepLevel(by) {
  const tabs = [...element("tabs").children];
  const at = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  tabs[(at + by + tabs.length) % tabs.length]?.click();
}

function drawLevel(chosen) {
  const spans = (chosen && shown.record.line_map?.[chosen.key]) || [];
  counterparts = { python: new Map(), generated: new Map() };
  for (const [first, last, python] of spans) {
    if (!counterparts.python.has(python)) counterparts.python.set(python, []);
    for (let line = first; line <= last; line += 1) {
      counterparts.python.get(python).push(line);
      counterparts.generated.set(line, python);
    }
  }
  light(null);
  fill("generated", chosen ? shown.record[chosen.key] : "", chosen ? chosen.language : "cpp");
  if (!chosen) element("generated-size").textContent = "no generated code in this record";
  element("generated-note").textContent = chosen && !spans.length ? "not mapped to lines of Python" : "";
  drawPlaces(chosen);
  for (const line of drawnLines("python")) markMapped(panes.python, line);
  light(pinned);
}

function markMapped({ side }, line) {
  const number = Number(line.dataset.n);
  const isMapped =
    side === "python" ? counterparts.python.has(pythonLine(number)) : counterparts.generated.has(number);
  line.classList.toggle("mapped", isMapped);
}

// What the text defines, to go to: the lower levels have a few functions in thousands of lines.
function drawPlaces(chosen) {
  const pattern = LANGUAGES[panes.generated.language].place;
  const places = panes.generated.lines.flatMap((line, at) => {
    const name = pattern?.exec(line)?.[1];
    if (!name) return [];
    return [make("option", { value: String(at + 1), textContent: `${name.replaceAll('"', "")} : ${at + 1}` })];
  });
  element("places").hidden = !chosen || places.length < 2;
  const title = make("option", { value: "", textContent: `${places.length} functions` });
  element("places").replaceChildren(title, ...places);
}

function goTo(line) {
  const { scroll } = panes.generated;
  panes.generated.at = line;
  scroll.scrollTop = topOf(line) - ABOVE;
  scroll.scrollLeft = 0;
  scroll.focus({ preventScroll: true });
  pinned = null;
  light({ side: "generated", line });
}

// The Python line that stands for this one: itself, or the first of the statement that it goes on.
function pythonLine(line) {
  return counterparts.python.has(line) ? line : (statements[line - 1] ?? line - 1) + 1;
}

function light(place) {
  for (const line of lighted) line.classList.remove("lit", "at");
  lighted = [];
  const mark = (side, number, name) => {
    const line = lineAt(side, number);
    line?.classList.add(name);
    if (line) lighted.push(line);
  };
  element("ruler").replaceChildren();
  if (!place) return;
  const { side, line } = place;
  mark(side, line, "at");
  const python = side === "python" ? pythonLine(line) : counterparts.generated.get(line);
  const generated = counterparts.python.get(python);
  if (!generated) return;
  mark("python", python, "lit");
  if (side === "python") mark("python", line, "lit");
  for (const number of generated) mark("generated", number, "lit");
  drawRuler(generated);
  if (side === "python") reveal("generated", generated);
  else reveal("python", [python]);
}

function drawRuler(lines) {
  const total = panes.generated.lines.length;
  const marks = [];
  for (const line of lines) {
    const last = marks[marks.length - 1];
    if (last && last.end === line - 1) last.end = line;
    else marks.push({ start: line, end: line });
  }
  element("ruler").replaceChildren(
    ...marks.map(({ start, end }) => {
      const mark = make("i");
      mark.style.top = `${(100 * (start - 1)) / total}%`;
      mark.style.height = `${(100 * (end - start + 1)) / total}%`;
      return mark;
    })
  );
}

function watchPane(side) {
  const { pre, scroll } = panes[side];
  const pointed = (event) => Number(event.target.closest(".l")?.dataset.n ?? 0);
  let waiting = 0;
  pre.addEventListener("mouseover", (event) => {
    const line = pointed(event);
    if (!line || pinned) return;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => pinned || light({ side, line }));
  });
  pre.addEventListener("mouseleave", () => {
    cancelAnimationFrame(waiting);
    light(pinned);
  });
  pre.addEventListener("click", (event) => {
    const line = pointed(event);
    if (!line || String(getSelection())) return;
    panes[side].at = line;
    pin({ side, line });
  });
  scroll.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      const pane = panes[side];
      pane.at = Math.min(Math.max(pane.at + by, 1), pane.lines.length);
      if (pinned) pinned = { side, line: pane.at };
      light({ side, line: pane.at });
      lineAt(side, pane.at).scrollIntoView({ block: "nearest", inline: "nearest" });
    } else if (event.key === "Enter" && panes[side].at) {
      pin({ side, line: panes[side].at });
    }
  });
}

function pin(place) {
  const same = pinned && pinned.side === place.side && pinned.line === place.line;
  pinned = same ? null : place;
  light(place);
}

// The words of the search, marked in the Python that was found by them.
function markFound() {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete("found");
  const words = element("search").value.toLowerCase().split(/\s+/).filter((word) => word.length > 1);
  if (!words.length) return;
  const ranges = [];
  panes.python.lines.forEach((line, at) => {
    const text = line.toLowerCase();
    for (const word of words) {
      for (let start = text.indexOf(word); start >= 0; start = text.indexOf(word, start + word.length)) {
        ranges.push(rangeIn(lineAt("python", at + 1), start, start + word.length));
      }
    }
  });
  CSS.highlights.set("found", new Highlight(...ranges));
}

function rangeIn(line, start, end) {
  const range = new Range();
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let before = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const after = before + node.length;
    if (start >= before && start < after) range.setStart(node, start - before);
    if (end > before && end <= after) range.setEnd(node, end - before);
    before = after;
  }
  return range;
}
