"use strict";
// Elements of the page, and what it says to the reader and to the clipboard.

const element = (id) => document.getElementById(id);
const plural = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

// A new element; text stays text, whatever a record holds.
function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Where the browser has no clipboard for a page from disk.
    const area = make("textarea", { value: text, className: "hidden" });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(said);
}

let fading = 0;

function toast(text) {
  element("toast").textContent = text;
  element("toast").classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => element("toast").classList.remove("shown"), 1400);
}
