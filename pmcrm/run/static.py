"""How collected static files are named: by their content, also the modules that a module imports."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class NamedByContent(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise bears no types
    """A browser may keep everything for ever: what changes gets another name.

    Only our own modules are looked through for imports; libraries bring words that look like one.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            ((r"""(?P<matched>(?P<word>import|from) "(?P<url>\./[\w-]+\.js)";)""", '%(word)s "%(url)s";'),),
        ),
    )
