"use strict";
// Packed text, unpacked where it is needed.

const KEPT_CHUNKS = 12;

async function unpacked(id) {
  let packed = element(id);
  // The browser may not have read that far yet, or only a part of it: what follows it tells that it is whole.
  while (!packed?.nextSibling && document.readyState === "loading") {
    await new Promise((done) => setTimeout(done, 25));
    packed = element(id);
  }
  if (!packed) throw new Error(`the page has no ${id}: the file is not whole`);
  const stream = new Blob([bytesOf(packed.textContent)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

const chunks = new Map();

function chunkOf(number) {
  const chunk = chunks.get(number) ?? unpacked(`chunk-${number}`).then(JSON.parse);
  chunks.delete(number);
  chunks.set(number, chunk);
  if (chunks.size > KEPT_CHUNKS) chunks.delete(chunks.keys().next().value);
  chunk.catch(() => chunks.delete(number));
  return chunk;
}
