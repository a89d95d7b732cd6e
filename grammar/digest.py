"""A digest of what a seed means: all that growth looks up, in one short hexadecimal number."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from grammar import literals, names
from grammar.catalogue import CATALOGUE
from grammar.profile import CATEGORIES, WHOLE, described, profile_for


@lru_cache(maxsize=1)
def catalogue_digest() -> str:
    """The digest of the catalogue's rows, the profiles, the names and the literals."""
    profiles = [described(profile_for(profile, category)) for profile in WHOLE for category in CATEGORIES]
    words = {name: value for name, value in vars(names).items() if name.isupper() and not isinstance(value, frozenset)}
    looked_up = (CATALOGUE.digest, profiles, sorted(words.items()), literals.LITERALS)
    return hashlib.sha256(repr(looked_up).encode()).hexdigest()[:16]
