"use strict";
// Highlighting: one pattern a language splits a text into tokens; the classes are those that the style sheet colours.

const words = (text) => new Set(text.split(" "));

const PYTHON_KEYWORDS = words(
  "and as assert async await break class continue def del elif else except False finally for from global if " +
    "import in is lambda None nonlocal not or pass raise return True try while with yield"
);
const CPP_KEYWORDS = words(
  "alignas alignof asm auto break case class const constexpr const_cast continue decltype default delete do " +
    "dynamic_cast else enum explicit extern false for friend goto if inline namespace new noexcept nullptr operator " +
    "private protected public reinterpret_cast return sizeof static static_assert static_cast struct switch template " +
    "this throw true try typedef typename union using virtual volatile while __global__ __device__ __host__ " +
    "__shared__ __restrict__ __forceinline__ CUDA_CALLABLE"
);
const TYPE = new RegExp(
  String.raw`^(?:u?int\d*|b?float\d*|bool|void|double|char|\w+_t|wp_args_\w+|` +
    String.raw`(?:indexed|fabric)?array(?:[1-4]d)?|` +
    String.raw`(?:u?vec|mat|quat|transform|spatial_(?:vector|matrix))(?:\d\w*|[fdh])?)$`
);

function pythonWord(word, before, after) {
  if (PYTHON_KEYWORDS.has(word)) return "k";
  if (TYPE.test(word)) return "t";
  return after === "(" ? "f" : "";
}

function cppWord(word, before, after) {
  if (CPP_KEYWORDS.has(word)) return "k";
  if (word === "wp") return "";
  if (TYPE.test(word)) return "t";
  if (after === "(" || before.endsWith("wp::")) return "f";
  return word.startsWith("adj_") ? "a" : "";
}

const STRING = String.raw`"(?:\\.|[^"\\\n])*"`;
const SINGLE = String.raw`'(?:\\.|[^'\\\n])*'`;
const BLOCK = String.raw`\/\*[^]*?\*\/`;
const SLASHES = String.raw`\/\/[^\n]*`;
const DECIMAL = String.raw`(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?`;
const NUMBER = String.raw`(?<![\w$.])(?:0[xX][\da-fA-F_]+|0[fFdD][\da-fA-F]{8,16}|${DECIMAL})[fFuUlL]*(?![\w$])`;
const WORD = String.raw`[A-Za-z_]\w*`;
const DIRECTIVE = String.raw`\.[A-Za-z]\w*`;
const PREDICATE = String.raw`@!?U?P\w+`;
const REGISTER = [
  String.raw`\bU?R(?:\d+|Z)\b`, // SASS: registers, predicates, barriers and what the hardware tells
  String.raw`\bU?P(?:\d|T)\b`,
  String.raw`\bB\d+\b`,
  String.raw`\bSR_[\w.]+`,
  String.raw`\b(?:[re]?(?:[abcd]x|[sd]i|[sb]p|ip)|[abcd][lh]|[sd]il|[sb]pl|r\d{1,2}[dwb]?)\b`, // x86
  String.raw`\b(?:[xyz]?mm\d+|k[0-7]|st\(\d\)|[cdefgs]s(?=:))`,
].join("|");
const LLVM_TYPE = String.raw`\b(?:i\d+|float|double|half|bfloat|ptr|void|label|metadata)\b`;
const LLVM_NAME = String.raw`(?:"[^"\n]*"|[\w.$-]+)`;

// Tokens by class, the first that fits: comments (c), strings (s), words (w) and what the style sheet calls otherwise.
const tokens = (classes) =>
  new RegExp(Object.entries(classes).map(([name, pattern]) => `(?<${name}>${pattern})`).join("|"), "gm");

// By language: its tokens, what a word (w) is among them, and the line on which a function begins, with its name.
const LANGUAGES = {
  python: {
    pattern: tokens({
      c: String.raw`#[^\n]*`,
      s: String.raw`[rbfuRBFU]{0,2}(?:"""[^]*?"""|'''[^]*?'''|${STRING}|${SINGLE})`,
      d: String.raw`@[\w.]+`,
      n: NUMBER,
      w: WORD,
      open: String.raw`[(\[{]`,
      close: String.raw`[)\]}]`,
    }),
    word: pythonWord,
  },
  cpp: {
    pattern: tokens({
      c: `${SLASHES}|${BLOCK}`,
      s: `${STRING}|${SINGLE}`,
      d: String.raw`^[ \t]*#\w+`,
      n: NUMBER,
      w: WORD,
    }),
    word: cppWord,
    place: /^[A-Za-z][^\n()=]*?\b(\w+)\($/,
  },
  // An instruction's name (k) is the first word of its line, after a predicate, a prefix or what it is assigned to.
  ptx: {
    pattern: tokens({
      c: `${SLASHES}|${BLOCK}`,
      s: STRING,
      k: String.raw`(?<=^[ \t]+(?:\{[ \t]*)?(?:@!?%\w+[ \t]+)?)[a-z][\w.:]*(?=[\s;])`,
      r: String.raw`%[\w.]+`,
      f: String.raw`\$[\w$]+|(?<=\.entry[ \t]+)[\w$]+`,
      n: NUMBER,
      d: DIRECTIVE,
    }),
    place: /^(?:\.visible |\.weak |\.extern )*\.(?:entry|func)\s+(?:\([^)]*\)\s*)?([\w$]+)/,
  },
  assembly: {
    pattern: tokens({
      c: String.raw`\(\*[^\n]*?\*\)`,
      f: String.raw`^[\w$.]+(?=:)|\.L\d+\b|\$[\w$]+`,
      k: String.raw`(?<=^[ \t]+(?:${PREDICATE} |lock |rep\w* |bnd |notrack )?)[A-Za-z][\w.]*`,
      r: REGISTER,
      t: String.raw`\b(?:byte|[dqft]?word|tbyte|[xyz]mmword) ptr\b`,
      n: String.raw`[+-](?:INF|QNAN|SNAN)\b|${NUMBER}`,
    }),
    place: /^([\w$][\w$.]*):$/,
  },
  llvm: {
    pattern: tokens({
      f: `@${LLVM_NAME}|^${LLVM_NAME}(?=:)`,
      s: String.raw`\bc${STRING}|!?${STRING}`,
      c: String.raw`;[^\n]*|![\w.]+`,
      r: `%${LLVM_NAME}`,
      t: LLVM_TYPE,
      n: String.raw`\b(?:true|false|null|undef|poison|zeroinitializer)\b|\b0x[KLMHR][\da-fA-F]+|${NUMBER}`,
      k: String.raw`(?<=^ *(?:[%@]${LLVM_NAME} = )?(?:tail |musttail |notail )?)[a-z]\w*`,
      d: String.raw`#\d+`,
    }),
    place: /^define [^\n]*?@("[^"]*"|[\w.$-]+)\(/,
  },
};

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]);

function commentClass(text) {
  if (!/<L \d+>$/.test(text)) return "c";
  return text.startsWith("// adj:") ? "a" : "e";
}

// The lines of a text as HTML; of Python also, by line, the line on which its statement starts.
function highlight(text, language) {
  const { pattern, word } = LANGUAGES[language];
  const lines = [""];
  const starts = [0];
  let depth = 0;
  const put = (piece, name) => {
    piece.split("\n").forEach((part, number) => {
      if (number) {
        starts.push(depth > 0 ? starts[starts.length - 1] : lines.length);
        lines.push("");
      }
      if (part) lines[lines.length - 1] += name ? `<span class="t-${name}">${escaped(part)}</span>` : escaped(part);
    });
  };
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    const end = start + match[0].length;
    if (start > last) put(text.slice(last, start), "");
    const groups = match.groups;
    let name = "";
    if (groups.w !== undefined) name = word(groups.w, text.slice(Math.max(0, start - 4), start), text[end]);
    else if (groups.c !== undefined) name = commentClass(match[0]);
    else if (groups.open !== undefined) depth += 1;
    else if (groups.close !== undefined) depth -= 1;
    else name = Object.keys(groups).find((key) => groups[key] !== undefined);
    put(match[0], name);
    last = end;
  }
  put(text.slice(last), "");
  return { lines, starts };
}
