"""The two text keys of the product as database functions."""

from __future__ import annotations

from django.db.models import Func, TextField


class Fold(Func):
    """Lower case without accents: what lists sort by and search compares."""

    function = "pmcrm_fold"
    output_field = TextField()


class Normalise(Func):
    """NFC, lower case, white space collapsed: when two names are the same name."""

    function = "pmcrm_normalise"
    output_field = TextField()
