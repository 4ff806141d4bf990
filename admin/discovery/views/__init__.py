"""Pages of search (synonyms, rules, their preview, judgement lists, evaluations) and of shelves (rules, trainings)."""

from admin.discovery.views import evaluations as evaluations
from admin.discovery.views import judgements as judgements
from admin.discovery.views import previews as previews
from admin.discovery.views import rules as rules
from admin.discovery.views import shelf_rules as shelf_rules
from admin.discovery.views import synonyms as synonyms
from admin.discovery.views import trainings as trainings
from admin.discovery.views.blueprint import blueprint as blueprint
