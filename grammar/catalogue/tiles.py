"""Tiles: values that the threads of a block share, and the cooperative operations on them."""

from __future__ import annotations

from grammar.catalogue.tile_chains import TILE_CHAINS
from grammar.catalogue.tile_functions import TILE_FUNCTIONS
from grammar.catalogue.tile_idioms import TILE_IDIOMS
from grammar.catalogue.tile_memory import TILE_MEMORY
from grammar.catalogue.tile_values import TILE_VALUES
from grammar.catalogue.tile_views import TILE_VIEWS

TILES = (*TILE_MEMORY, *TILE_VALUES, *TILE_FUNCTIONS, *TILE_VIEWS, *TILE_CHAINS, *TILE_IDIOMS)
