"""Letters to people: rendered when the fact happens, kept in an outbox, sent by a job.

The outbox row is written in the transaction of the fact it tells, so a mail is neither lost nor sent about something
that was rolled back. With `MAIL_URL=smtp://...` mails leave by SMTP; otherwise each becomes an .eml file in a folder.

A letter is tried again after 1, 2, 4, ... minutes and given up after eight tries, or at once when the server says that
no other try would help. One sender claims it at a time. `flask mail try ADDRESS` shows whether mail leaves the shop.

Marketing has a topic: it goes only to those who want it, and carries a link and headers that end it with one click
(RFC 8058), without sign-in. What somebody wants is a book of choices by a digest of the address (`choices`): a yes is
kept with its time and the version of its words, a no outlives the account. Choices follow a customer to another
address, and so does the end that a link to the old one brings (`choices.move`); what still waits in the outbox when
somebody says no does not leave.

A room writes letters with a folder `templates/<room>/mail/<letter>/` of subject.txt, body.txt and body.html (which
extends mail/letter.html and needs no styles: `dressing` puts them on each tag). That is all that registers a letter:
the back office finds it and shows it in both languages. What it reads is filled in by name from `previews.py` of the
rooms: `FACTS` maps a name to a function that makes a sample of it, `SPECIAL` gives single letters samples of their own,
and `TOPICS` says which are marketing. A test walks through all letters and says which name has no sample yet.
"""
