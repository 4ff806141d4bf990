"""Letters to people: rendered when the fact happens, kept in an outbox, sent by a job.

The outbox row is written in the transaction of the fact it tells, so a mail is neither lost nor sent about something
that was rolled back. With `MAIL_URL=smtp://...` mails leave by SMTP; otherwise each becomes an .eml file in a folder.
"""
