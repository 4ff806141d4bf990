"""Short messages to phones: put into an outbox, sent by a job, through whoever the environment names.

As with letters, the row is written in the transaction of what it is about, so a message is neither lost nor sent about
something that was rolled back; one sender claims it at a time, and it is tried again until it expires. What it says is
kept sealed with the shop's secret and goes once it has left: a copy of the database opens no account.

There is a code to sign in with, and news about orders for who has no e-mail, or wants both (`accounts.texting` knows,
`orders.texts` writes). Each kind is a template of its own at carriers in China (`SMS_TEMPLATE_PAID`, ...): what they
tell is `states.PARAMETERS`, what the console says instead is in `words`. A kind without a template is not put in at
all; `flask sms status` and the back office say which those are. Codes are tried again every few seconds while they are
good, news like letters, for a day.

`SMS_SENDER=console` (the default while developing, nowhere else unless it is said) writes messages to the log and into
`DATA_DIR/sms`; `tencent` uses Tencent's own library (the extra `sms`); `aliyun` signs its one call by the public rules,
since the official library brings 25 packages for it. Another way is one class with `send`, see `sending.SmsSender`.
"""
