"""Views of access: the door, what concerns oneself, who works here, roles."""

from admin.accounts.views import door as door
from admin.accounts.views import own as own
from admin.accounts.views import roles as roles
from admin.accounts.views import staff as staff
from admin.accounts.views.blueprint import blueprint as blueprint
