"""Forms of the language that are more than an operator or a call, a module for each kind."""

from __future__ import annotations

from grammar.catalogue.definitions import Rows
from grammar.catalogue.forms.array_gradients import ARRAY_GRADIENTS
from grammar.catalogue.forms.attributes import ATTRIBUTES
from grammar.catalogue.forms.callables import CALLABLES
from grammar.catalogue.forms.constants import CONSTANTS
from grammar.catalogue.forms.derivatives import DERIVATIVES
from grammar.catalogue.forms.enums import ENUMS
from grammar.catalogue.forms.functions import FUNCTIONS
from grammar.catalogue.forms.generics import GENERICS
from grammar.catalogue.forms.gradients import GRADIENTS
from grammar.catalogue.forms.local_arrays import LOCAL_ARRAYS
from grammar.catalogue.forms.loops import LOOPS
from grammar.catalogue.forms.natives import NATIVES
from grammar.catalogue.forms.places import PLACES
from grammar.catalogue.forms.places_by_reference import PLACES_BY_REFERENCE
from grammar.catalogue.forms.prints import PRINTS
from grammar.catalogue.forms.references import REFERENCES
from grammar.catalogue.forms.results import RESULTS
from grammar.catalogue.forms.settings import SETTINGS
from grammar.catalogue.forms.slices import SLICES
from grammar.catalogue.forms.statics import STATICS
from grammar.catalogue.forms.struct_parts import STRUCT_PARTS
from grammar.catalogue.forms.struct_views import STRUCT_VIEWS
from grammar.catalogue.forms.structs import STRUCTS
from grammar.catalogue.forms.unpacking import UNPACKING
from grammar.catalogue.forms.views import ARRAY_VIEWS

FORMS: Rows = (
    *RESULTS,
    *FUNCTIONS,
    *REFERENCES,
    *PLACES_BY_REFERENCE,
    *GENERICS,
    *CALLABLES,
    *DERIVATIVES,
    *GRADIENTS,
    *ARRAY_GRADIENTS,
    *NATIVES,
    *STRUCTS,
    *STRUCT_PARTS,
    *STRUCT_VIEWS,
    *STATICS,
    *ENUMS,
    *CONSTANTS,
    *SETTINGS,
    *PLACES,
    *SLICES,
    *ARRAY_VIEWS,
    *ATTRIBUTES,
    *UNPACKING,
    *LOCAL_ARRAYS,
    *LOOPS,
    *PRINTS,
)
