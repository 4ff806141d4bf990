"""Pages of search: synonyms, rules and their preview, judgement lists, evaluations."""

from admin.discovery.views import evaluations as evaluations
from admin.discovery.views import judgements as judgements
from admin.discovery.views import previews as previews
from admin.discovery.views import rules as rules
from admin.discovery.views import synonyms as synonyms
from admin.discovery.views.blueprint import blueprint as blueprint
