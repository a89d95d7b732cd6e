"use strict";
// The page: fills in what can be chosen, listens, and opens the first kernel or the one that is linked to.

const link = () => `${location.href.split("#")[0]}#${records.id[current]}`;

function fillChoices() {
  const options = (column) => {
    const { names, counts } = index.names[column];
    return names.map((name, number) => ({ name, number, count: counts[number] })).filter(({ name }) => name !== "")
      .sort((one, other) => one.name.localeCompare(other.name, "en"));
  };
  for (const column of ["category", "device", "split"]) {
    element(column).append(
      ...options(column).map(({ name, number, count }) =>
        make("option", { value: String(number), textContent: `${name} (${count.toLocaleString("en")})` }))
    );
  }
  for (const column of ["construct", "builtin"]) {
    element(`${column}s`).append(
      ...options(column).map(({ name, count }) => make("option", { value: name, label: plural(count, "kernel") }))
    );
  }
}

function listen() {
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 80);
  };
  element("filters").addEventListener("submit", (event) => event.preventDefault());
  element("search").addEventListener("input", soon);
  element("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    clearTimeout(waiting);
    find();
    if (rows.length) open(rows[0]);
    element("list").focus();
  });
  for (const name of ["category", "verdict", "device", "split", "order"]) {
    element(name).addEventListener("change", find);
  }
  for (const column of ["construct", "builtin"]) {
    const take = () => {
      const name = element(column).value.trim().replace(/^wp\./, "");
      const number = index.names[column].names.indexOf(name);
      if (number < 0) return false;
      element(column).value = "";
      want(column, number);
      return true;
    };
    element(column).addEventListener("input", (event) => {
      // A choice from the list of proposals, not a name that is still being typed.
      if (!event.inputType || event.inputType === "insertReplacementText") take();
    });
    element(column).addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !take() && element(column).value) toast(`No kernel has ${element(column).value}`);
    });
    element(column).addEventListener("change", take);
  }
  const list = element("list");
  let drawing = 0;
  list.addEventListener("scroll", () => {
    cancelAnimationFrame(drawing);
    drawing = requestAnimationFrame(drawList);
  }, { passive: true });
  new ResizeObserver(drawList).observe(list);
  list.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row) open(Number(row.dataset.row));
  });
  list.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
    const at = rows.indexOf(current);
    const last = rows.length - 1;
    const keys = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: last };
    const to = keys[event.key];
    if (to === undefined || !rows.length) return;
    event.preventDefault();
    open(rows[Math.min(Math.max(to, 0), last)]);
  });
  element("tabs").addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    stepLevel(by);
    element("tabs").querySelector("[aria-selected=true]").focus();
  });
  for (const side of Object.keys(panes)) watchPane(side);
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(panes[button.dataset.copy].text, "Copied"));
  }
  element("places").addEventListener("change", () => {
    goTo(Number(element("places").value));
    element("places").value = "";
  });
  element("previous").addEventListener("click", () => step(-1));
  element("next").addEventListener("click", () => step(1));
  element("copy-link").addEventListener("click", () => copy(link(), "Link copied"));
  element("copy-record").addEventListener("click", () => shown && copy(JSON.stringify(shown.record), "Record copied"));
  element("help-open").addEventListener("click", () => element("help").showModal());
  document.querySelector("[data-skip]").addEventListener("click", (event) => {
    event.preventDefault();
    element("kernel").focus();
  });
  addEventListener("hashchange", () => openLinked(false));
  addEventListener("keydown", onKey);
}

function onKey(event) {
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    pinned = null;
    light(null);
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || element("help").open) return;
  const actions = {
    j: () => step(1),
    k: () => step(-1),
    "/": () => element("search").select(),
    "[": () => stepLevel(-1),
    "]": () => stepLevel(1),
    l: () => copy(link(), "Link copied"),
    r: () => copy(index.replay.replace("{index}", records.index[current]), "Command copied"),
    "?": () => element("help").showModal(),
  };
  if (!actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
}

function openLinked(first) {
  const id = decodeURIComponent(location.hash.slice(1));
  const row = id ? records.id.indexOf(id) : -1;
  if (row >= 0) {
    open(row, { remember: false });
    return;
  }
  if (id) toast(`No kernel here is called ${id}`);
  if (first) open(0, { remember: false });
}

async function start() {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser has no DecompressionStream to unpack it with; those since 2023 have");
  }
  index = JSON.parse(await unpacked("index"));
  records = index.records;
  fillChoices();
  listen();
  find();
  openLinked(true);
  await readSources();
  if (element("search").value) find();
  document.documentElement.dataset.ready = "true";
}

start().catch((error) => {
  element("count").textContent = `The page could not be read: ${error.message}.`;
});
