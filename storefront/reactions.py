"""One table: what follows from what has happened."""

from __future__ import annotations

from storefront.kernel.events import Fact, Reaction
from storefront.mail import jobs as mail_jobs
from storefront.mail.events import MailQueued

REACTIONS: dict[type[Fact], tuple[Reaction, ...]] = {
    MailQueued: (mail_jobs.send_soon,),
}
