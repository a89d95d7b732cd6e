"use strict";
// The two panes: text in blocks of lines, which are plain until they come near and then numbered and coloured.

const LINE = 20; // The height of a line of code, and the room above the first, as in the style sheet.
const ABOVE = 6;
const GUTTER = 7; // Characters before a line, for its number.
const BLOCK_LINES = 50;
const NEAR = 800; // Pixels.

const paneOf = (side) => ({
  side, pre: element(side), scroll: element(side).parentElement,
  text: "", language: "python", lines: [], coloured: null, at: 0,
});
const panes = { python: paneOf("python"), generated: paneOf("generated") };

for (const pane of Object.values(panes)) {
  pane.watch = new IntersectionObserver(
    (seen) => seen.filter((entry) => entry.isIntersecting).forEach((entry) => drawBlock(pane, entry.target)),
    { root: pane.scroll, rootMargin: `${NEAR}px 0px` }
  );
}

const sized = (pane) => `${plural(pane.lines.length, "line")} · ${(new Blob([pane.text]).size / 1000).toFixed(1)} kB`;
const columns = (line) => line.length + 3 * (line.split("\t").length - 1);

function fill(side, text, language) {
  const pane = panes[side];
  const lines = text.replace(/\n$/, "").split("\n");
  // Few languages have anything that goes over the end of a line.
  const whole = language === "python" || text.includes("/*") ? highlight(lines.join("\n"), language) : null;
  Object.assign(pane, { text, language, lines, coloured: whole?.lines ?? null, at: 0 });
  pane.watch.disconnect();
  const blocks = [];
  for (let first = 0; first < lines.length; first += BLOCK_LINES) {
    const part = lines.slice(first, first + BLOCK_LINES);
    const block = make("span", { className: "block plain", textContent: part.join("\n") });
    block.dataset.first = first;
    block.style.height = `${part.length * LINE}px`;
    blocks.push(block);
  }
  pane.pre.replaceChildren(...blocks);
  // As wide as the longest line, also while that is in a block that waits.
  const longest = lines.reduce((most, line) => Math.max(most, columns(line)), 0);
  pane.pre.style.minWidth = `max(100%, ${longest + GUTTER + 4}ch)`;
  pane.scroll.scrollTop = 0;
  pane.scroll.scrollLeft = 0;
  for (const block of blocks) {
    if (block.dataset.first * LINE < pane.scroll.clientHeight) drawBlock(pane, block);
    else pane.watch.observe(block);
  }
  element(`${side}-size`).textContent = sized(pane);
  return whole?.starts ?? [];
}

function drawBlock(pane, block) {
  pane.watch.unobserve(block);
  if (!block.classList.contains("plain")) return;
  const first = Number(block.dataset.first);
  const end = first + BLOCK_LINES;
  const lines = pane.coloured?.slice(first, end)
    ?? highlight(pane.lines.slice(first, end).join("\n"), pane.language).lines;
  block.innerHTML = lines.map((line, at) => `<span class="l" data-n="${first + at + 1}">${line}</span>`).join("");
  block.classList.remove("plain");
  for (const line of block.children) markMapped(pane, line);
}

// The element of a line, from 1; undefined past the end.
function lineAt(side, number) {
  const pane = panes[side];
  const block = pane.pre.children[Math.floor((number - 1) / BLOCK_LINES)];
  if (block) drawBlock(pane, block);
  return block?.children[(number - 1) % BLOCK_LINES];
}

function drawnLines(side) {
  return panes[side].pre.querySelectorAll(".l");
}

function topOf(line) {
  return ABOVE + (line - 1) * LINE;
}

// Scroll a pane so that one of these lines is in it, unless one is.
function reveal(side, lines) {
  const { scroll } = panes[side];
  const bottom = scroll.scrollTop + scroll.clientHeight;
  const seen = lines.some((line) => topOf(line) >= scroll.scrollTop && topOf(line) + LINE <= bottom);
  if (!seen) scroll.scrollTop = topOf(lines[0]) - scroll.clientHeight / 3;
}
