"use strict";
// Arrays of a record: Base64 of little-endian bytes to numbers, and numbers to the shortest text that means them.

function bytesOf(base64) {
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  // A fifth of the time of `Uint8Array.from`.
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

const scratch = new DataView(new ArrayBuffer(4));

function brainToNumber(bits) {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

// By dtype: bytes of an element, how one is read, and of floats the bits of a significand and the least exponent.
const DTYPES = {
  bool: [1, (view, at) => (view.getUint8(at) ? "True" : "False")],
  int8: [1, (view, at) => view.getInt8(at)],
  uint8: [1, (view, at) => view.getUint8(at)],
  int16: [2, (view, at) => view.getInt16(at, true)],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  int32: [4, (view, at) => view.getInt32(at, true)],
  uint32: [4, (view, at) => view.getUint32(at, true)],
  int64: [8, (view, at) => view.getBigInt64(at, true)],
  uint64: [8, (view, at) => view.getBigUint64(at, true)],
  float16: [2, (view, at) => halfToNumber(view.getUint16(at, true)), 11, -24],
  bfloat16: [2, (view, at) => brainToNumber(view.getUint16(at, true)), 8, -133],
  float32: [4, (view, at) => view.getFloat32(at, true), 24, -149],
  float64: [8, (view, at) => view.getFloat64(at, true), 53, -1074],
};

const isArray = (value) => value !== null && typeof value === "object" && typeof value.bits === "string";

// The shortest decimal that is nearer to this number than to any other of its type, as Python writes floats.
function shortest(number, significand, least) {
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  if (number === 0) return Object.is(number, -0) ? "-0.0" : "0.0";
  let text = String(number);
  if (significand < 53) {
    const size = Math.abs(number);
    const exponent = Math.floor(Math.log2(size));
    const unit = 2 ** Math.max(exponent - significand + 1, least);
    const half = size === 2 ** exponent ? unit / 4 : unit / 2; // Below a power of two the next number is nearer.
    for (let digits = 1; digits <= 17; digits += 1) {
      const near = Number(number.toPrecision(digits));
      if (Math.abs(near - number) < half) {
        text = String(near);
        break;
      }
    }
  }
  return /[.e]/.test(text) ? text : `${text}.0`;
}

// The elements of an array as texts.
function elements(array, most = Infinity) {
  const row = DTYPES[array.dtype];
  if (!row) return [`(${array.dtype} cannot be shown)`];
  const [size, read, significand, least] = row;
  const bytes = bytesOf(array.bits);
  const view = new DataView(bytes.buffer);
  const number = Math.min(Math.floor(bytes.length / size), most);
  return Array.from({ length: number }, (_, index) => {
    const value = read(view, index * size);
    return significand ? shortest(value, significand, least) : String(value);
  });
}

// Elements between the brackets of their shape, a row of the last axis to a line; what was left out is dots.
function nested(texts, shape) {
  if (!shape.length) return texts[0] ?? "";
  const width = Math.max(0, ...texts.map((text) => text.length));
  const padded = shape.length > 1;
  let next = 0;
  const part = (axis, margin) => {
    const items = [];
    const last = axis === shape.length - 1;
    for (let item = 0; item < shape[axis]; item += 1) {
      if (next >= texts.length) {
        items.push("…");
        break;
      }
      items.push(last ? (padded ? texts[next].padStart(width) : texts[next]) : part(axis + 1, margin + 1));
      if (last) next += 1;
    }
    return `[${items.join(last ? ", " : `,\n${" ".repeat(margin + 1)}`)}]`;
  };
  return part(0, 0);
}

const elementCount = (shape) => shape.reduce((product, length) => product * length, 1);

// A value as rows of path and array: structs by field, what the host makes by what it is made of.
function flattened(path, value) {
  if (value === null || typeof value !== "object" || isArray(value)) return [[path, value]];
  if (typeof value.kind === "string" && "data" in value) {
    return [[path, value.kind], ...flattened(path, value.data).filter(([, part]) => part !== null)];
  }
  return Object.entries(value).flatMap(([name, part]) => flattened(`${path}.${name}`, part));
}
