"""What jobs do, in words."""

from __future__ import annotations

from collections.abc import Mapping

from storefront.kernel.errors import N_

WORDS: Mapping[str, str] = {
    "admin.tables.jobs.sweep_runs": N_("Go on with actions on many rows"),
    "admin.tables.jobs.work_off": N_("Do something to many rows"),
    "storefront.accounts.jobs.forget_old_proofs": N_("Forget old codes and links"),
    "storefront.analytics.jobs.forget_old_events": N_("Forget old behaviour of visitors"),
    "storefront.approvals.jobs.lapse_old_requests": N_("Let old requests for approval lapse"),
    "storefront.catalog.jobs.gather_products": N_("See which collections a product belongs to"),
    "storefront.catalog.jobs.gather_regularly": N_("Keep collections at what their rules say"),
    "storefront.catalog.jobs.publish_by_clock": N_("Show and hide products at their dates"),
    "storefront.cart.jobs.forget_guest_carts": N_("Forget old carts of guests"),
    "storefront.checkout.jobs.forget_old_checkouts": N_("Forget checkouts that were left"),
    "storefront.discovery.jobs.evaluate_nightly": N_("Rate the search"),
    "storefront.discovery.jobs.evaluate_soon": N_("Rate the search, as somebody asked"),
    "storefront.discovery.jobs.index_changes": N_("Tell the search what changed"),
    "storefront.discovery.jobs.rebuild_nightly": N_("Build the search index anew"),
    "storefront.discovery.jobs.sweep_changes": N_("Tell the search what was left over"),
    "storefront.discovery.jobs.train_nightly": N_("Train the recommender"),
    "storefront.discovery.jobs.train_soon": N_("Train the recommender, as somebody asked"),
    "storefront.experiments.jobs.forget_old": N_("Forget what experiments no longer need"),
    "storefront.experiments.jobs.stop_ended": N_("End experiments whose time is over"),
    "storefront.figures.jobs.count_cohorts": N_("Count who came back in which month"),
    "storefront.figures.jobs.sum_up_days": N_("Sum up the figures of days that are over"),
    "storefront.fulfilment.jobs.ask_carriers": N_("Ask carriers where parcels are"),
    "storefront.fulfilment.jobs.confirm_receipts": N_("Take parcels as received after some days"),
    "storefront.fulfilment.jobs.subscribe": N_("Ask a carrier to tell about a parcel"),
    "storefront.imports.jobs.check_import": N_("Check a file for an import"),
    "storefront.imports.jobs.run_import": N_("Carry an import out"),
    "storefront.imports.jobs.sweep_imports": N_("Go on with imports"),
    "storefront.inventory.jobs.release_reservations": N_("Release stock that was held too long"),
    "storefront.invoicing.jobs.forget_buyers": N_("Forget buyers on old invoices"),
    "storefront.loyalty.jobs.evaluate_tiers": N_("Put customers into tiers"),
    "storefront.loyalty.jobs.evaluate_tiers_soon": N_("Put customers into tiers after a change"),
    "storefront.loyalty.jobs.expire_points": N_("Let points expire"),
    "storefront.loyalty.jobs.release_points": N_("Release points that waited"),
    "storefront.mail.jobs.send_mail": N_("Send a letter"),
    "storefront.mail.jobs.sweep_outbox": N_("Send letters that were left over"),
    "storefront.operations.jobs.learn_tables": N_("Let the database learn how large its tables are"),
    "storefront.orders.jobs.count_everybody": N_("Count what every customer has bought"),
    "storefront.orders.jobs.count_worth": N_("Count what a customer has bought"),
    "storefront.orders.jobs.cancel_unpaid": N_("Cancel orders that nobody paid"),
    "storefront.orders.jobs.remind_unpaid": N_("Remind of orders that are not paid"),
    "storefront.payments.jobs.ask_about_all": N_("Ask providers about all open payments"),
    "storefront.payments.jobs.forget_old_messages": N_("Forget old messages of providers"),
    "storefront.payments.jobs.reconcile": N_("Compare payments with providers"),
    "storefront.payments.jobs.send_refund": N_("Send money back"),
    "storefront.payments.jobs.sweep_payments": N_("Go on with payments"),
    "storefront.payments.jobs.take_held": N_("Collect money that is held"),
    "storefront.payments.jobs.withdraw_attempt": N_("Withdraw a payment that is not needed"),
    "storefront.privacy.jobs.make_copy": N_("Make a copy of somebody's data"),
    "storefront.privacy.jobs.sweep_copies": N_("Make and delete copies of personal data"),
    "storefront.privacy.jobs.sweep_deletions": N_("Delete accounts whose owners asked for it"),
    "storefront.returns.jobs.close_old": N_("Close returns that are long over"),
    "storefront.returns.jobs.complete_orders": N_("Complete orders that can no longer come back"),
    "storefront.shop.jobs.prove_ledgers": N_("Prove that every ledger adds up"),
    "storefront.simulation.jobs.give_up_silent_runs": N_("Give up simulations that hang"),
    "storefront.simulation.jobs.replay_orders": N_("Try a promotion on past orders"),
    "storefront.sms.jobs.forget_old_sms": N_("Forget old text messages"),
    "storefront.sms.jobs.send_sms": N_("Send a text message"),
    "storefront.sms.jobs.sweep_sms": N_("Send text messages that were left over"),
}


def words_of(job: str) -> str:
    """Return what a job does (untranslated); its name where nobody has said."""
    return WORDS.get(job, job)
