"""The structs that arrays and views of the rows hold."""

from __future__ import annotations

from grammar.types import FLOAT, INT, Array, Matrix, Quaternion, Struct, Vector

V3, M2, Q = Vector(3, FLOAT), Matrix(2, 2, FLOAT), Quaternion(FLOAT)

LINK = Struct("LinkState", (("offset", V3), ("strain", FLOAT), ("hits", INT)))

SHELL = Struct(
    "ShellPoint",
    (("link", LINK), ("frame", M2), ("spin", Q), ("director", V3), ("thickness", FLOAT), ("marks", INT)),
)

FIELD = Struct("FieldView", (("values", Array(FLOAT, 1)), ("vectors", Array(V3, 1)), ("scale", FLOAT)))

SCENE = Struct("SceneView", (("field", FIELD), ("links", Array(LINK, 1)), ("gravity", V3)))

DUAL = Struct("DualNumber", (("value", FLOAT), ("slope", FLOAT)))

PAIR = Struct("DualPair", (("first", DUAL), ("second", DUAL), ("weight", FLOAT)))
