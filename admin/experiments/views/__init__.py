"""Pages of experiments: their list and drafts, the steps of their life, and what they say."""

from admin.experiments.views import drafts as drafts
from admin.experiments.views import results as results
from admin.experiments.views import steps as steps
from admin.experiments.views.blueprint import blueprint as blueprint
