"use strict";
// The list on the screen: a handful of rows that move, however many records there are.

const ROW = 56; // The height of a row of the list, as in the style sheet.

const pool = [];

// What tells a kernel from its neighbours in few words: most descriptions begin alike.
function summaryOf(row) {
  const called = records.builtin[row]
    .map((number) => nameOf("builtin", number))
    .filter((name) => name !== "tid" && !TYPE.test(name));
  return [nameOf("category", records.category[row]), called.join(", ")].filter(Boolean).join(" · ");
}

function drawList() {
  const list = element("list");
  element("spacer").style.height = `${rows.length * ROW}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
  const needed = Math.min(rows.length - first, Math.ceil(list.clientHeight / ROW) + 9);
  while (pool.length < needed) {
    const made = make(
      "div", { className: "row", role: "option" },
      make("div", {}, make("b"), make("i")),
      make("div", {}, make("span"), make("small"))
    );
    pool.push({ made, name: made.querySelector("b"), number: made.querySelector("i"),
                text: made.querySelector("span"), size: made.querySelector("small") });
    element("spacer").append(made);
  }
  pool.forEach((slot, at) => {
    slot.made.hidden = at >= needed;
    if (at >= needed) {
      slot.made.removeAttribute("id");
      return;
    }
    const position = first + at;
    const row = rows[position];
    slot.made.style.transform = `translateY(${position * ROW}px)`;
    slot.made.id = `row-${row}`;
    slot.made.dataset.row = row;
    slot.made.setAttribute("aria-selected", String(row === current));
    slot.made.setAttribute("aria-setsize", String(rows.length));
    slot.made.setAttribute("aria-posinset", String(position + 1));
    slot.name.textContent = records.name[row];
    slot.number.textContent = records.index[row];
    slot.text.textContent = summaryOf(row);
    slot.size.textContent = plural(records.lines[row], "line");
  });
  if (pool.some((slot) => !slot.made.hidden && Number(slot.made.dataset.row) === current)) {
    list.setAttribute("aria-activedescendant", `row-${current}`);
  } else list.removeAttribute("aria-activedescendant");
  element("spacer").querySelector(".empty")?.remove();
  if (!rows.length) element("spacer").append(make("p", { className: "empty", textContent: "No kernel is like that." }));
}

function revealRow() {
  const position = rows.indexOf(current);
  if (position < 0) return;
  const list = element("list");
  const top = position * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
}
