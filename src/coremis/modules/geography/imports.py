"""What files bring: trees of places, figures of places, former codes, and where households belong after a split."""

from django.utils.translation import gettext_lazy as _

from coremis.kernel.areas.services import load_areas
from coremis.kernel.exchange.kinds import ImportKind
from coremis.modules.geography import homes
from coremis.modules.geography.crosswalk import COLUMNS, apply_links, check_links, find_links
from coremis.modules.geography.figures import apply_figures, check_figures, check_repeated, figure_columns, find_figures
from coremis.modules.geography.services.figures import set_figure
from coremis.modules.geography.services.moving import move_people
from coremis.modules.geography.tree.changes import apply_tree, check_tree
from coremis.modules.geography.tree.columns import tree_columns
from coremis.modules.geography.tree.units import check_whole_tree

UNITS = ImportKind(
    "geography.units", _("Administrative units"), tree_columns, load_areas.name, apply_tree, check_groups=check_tree,
    check_file=check_whole_tree, page="geography:file",
)  # fmt: skip
FIGURES = ImportKind(
    "geography.figures", _("Figures of places"), figure_columns, set_figure.name, apply_figures, check=check_figures,
    check_file=check_repeated, check_groups=find_figures, page="geography:file",
)  # fmt: skip
LINKS = ImportKind(
    "geography.links", _("Former codes"), COLUMNS, load_areas.name, apply_links, check_file=check_links, check_groups=find_links,
    page="geography:file",
)  # fmt: skip
HOMES = ImportKind(
    "geography.homes", _("Places of households"), homes.COLUMNS, move_people.name, homes.apply_homes, check=homes.check_numbers,
    check_groups=homes.find_homes, identity_column="number", page="geography:file",
)  # fmt: skip
KINDS = (UNITS, FIGURES, LINKS, HOMES)
NAMES = tuple(kind.name for kind in KINDS)
