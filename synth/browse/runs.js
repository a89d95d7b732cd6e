"use strict";
// The runs of a kernel as tables: every argument before and after, and the gradients.

const SHOWN_VALUES = 96;

function valueCell(array) {
  const cell = make("td");
  if (!isArray(array)) {
    cell.append(array === null || array === undefined
      ? make("span", { className: "none", textContent: "–" })
      : make("code", { textContent: typeof array === "string" ? array : JSON.stringify(array) }));
    return cell;
  }
  const total = elementCount(array.shape);
  const values = make("div", { className: array.shape.length > 1 ? "values" : "values flowing" });
  const draw = (most) => (values.textContent = total ? nested(elements(array, most), array.shape) : "empty");
  draw(SHOWN_VALUES);
  const code = make("code", {}, values);
  cell.append(code);
  if (total > SHOWN_VALUES) {
    const button = make("button", { type: "button", textContent: `all ${total.toLocaleString("en")} values` });
    button.onclick = () => {
      draw(Infinity);
      button.remove();
    };
    cell.append(button);
  }
  return cell;
}

function typeText(array) {
  if (!isArray(array)) return "";
  return array.shape.length ? `${array.dtype} [${array.shape.join(", ")}]` : array.dtype;
}

const flatLaunch = (values) => new Map(Object.entries(values ?? {}).flatMap(([name, value]) => flattened(name, value)));

const heading = (...texts) =>
  make("thead", {}, make("tr", {}, ...texts.map((text) => make("th", { scope: "col", textContent: text }))));

function drawRuns({ io, metadata }) {
  if (!io) {
    element("runs").replaceChildren(make("p", { className: "description", textContent: "This record has no runs." }));
    return;
  }
  const order = new Map(metadata.arguments.map(({ name }, number) => [name, number]));
  const byArgument = (one, other) => order.get(one.split(".")[0]) - order.get(other.split(".")[0]);
  element("runs").replaceChildren(
    ...io.launches.map((launch, number) => {
      const inputs = flatLaunch(launch.inputs);
      const outputs = flatLaunch(launch.outputs);
      const paths = [...new Set([...inputs.keys(), ...outputs.keys()])].sort(byArgument);
      const body = paths.map((path) => {
        const before = inputs.get(path);
        const after = outputs.get(path);
        const unchanged = isArray(before) && isArray(after) && before.bits === after.bits;
        return make(
          "tr", {},
          make("th", { className: "mono", scope: "row", textContent: path }),
          make("td", { className: "soft", textContent: typeText(before ?? after) }),
          valueCell(before),
          unchanged ? make("td", {}, make("span", { className: "none", textContent: "unchanged" })) : valueCell(after)
        );
      });
      const head = heading("Argument", "Type", "Before", "After");
      return make(
        "details", { open: number === 0 },
        make("summary", {}, make("b", { textContent: `Launch ${number + 1}` }),
          make("span", { textContent: `${launch.shape} values · ${launch.dim.join(" × ")} threads` })),
        make("div", { className: "wide" },
          make("table", {}, head, make("tbody", {}, ...body)),
          gradientTable(launch, byArgument))
      );
    })
  );
}

function gradientTable(launch, byArgument) {
  const rowsOf = (what, values) =>
    [...flatLaunch(values)].sort(([one], [other]) => byArgument(one, other)).map(([path, array]) =>
      make("tr", {}, make("th", { className: "mono", scope: "row", textContent: path }),
        make("td", { className: "soft", textContent: what }),
        make("td", { className: "soft", textContent: typeText(array) }), valueCell(array)));
  const body = [
    ...rowsOf("cotangent", launch.cotangents),
    ...rowsOf("gradient", launch.gradients),
  ];
  if (!body.length) return null;
  const said = "The adjoint: gradients of the inputs from cotangents of the outputs";
  const caption = make("caption", { textContent: said });
  const head = heading("Argument", "What", "Type", "Values");
  return make("table", { className: "adjoint" }, caption, head, make("tbody", {}, ...body));
}
