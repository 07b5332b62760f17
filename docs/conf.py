"""How the site is built: ``sphinx-build -W --keep-going -n docs OUT``."""

import sys
from pathlib import Path

# The site's own extension is a plain package beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from depthlaw import __version__

project = "depthlaw"
author = "The depthlaw authors"
project_copyright = "the depthlaw authors"
version = release = __version__
language = "en-GB"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.doctest",
    "sphinx_proof",
    "sphinxcontrib.bibtex",
    "sphinx_copybutton",
    "_extension",
]
exclude_patterns = ["_build", "_extension", "reproductions/README.md"]

html_theme = "furo"
html_math_renderer = "mathml"
html_title = "depthlaw"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
# Executed pages: a failing cell fails the build, and nothing is kept from an earlier run that
# another version of the package made (the cache lies in the build folder).
nb_execution_mode = "auto"
nb_execution_raise_on_error = True
nb_execution_timeout = 180
nb_merge_streams = True

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# In docstrings a single backtick marks a name of the package or an argument.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
# The name says more than what it stands for, an array of float64.
autodoc_type_aliases = {"Array": "Array"}
add_module_names = False
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
# The fields of result classes share names (`lower`, `upper`), and a docstring means its own.
suppress_warnings = ["ref.python"]
# Names of this package must resolve. Those of other packages cannot without the network, and short
# names in a signature are aliases, or words of a docstring where a type could stand.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!depthlaw\.).*"),
    # What a command shows is no part of the reference.
    (r"py:class", r"depthlaw\.render\..*"),
    (r"py:.*", r"depthlaw\.[\w.]+\.(Chain|Entry|Member|P|Real|Result|Thing)"),
]
