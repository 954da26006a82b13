"""What workers do about accounts: by the clock, and searches for duplicates."""

from __future__ import annotations

from celery import shared_task

from accounts.models import BulkChange, DuplicateSearch, Erasure
from accounts.services import bulk
from accounts.services.duplicates import request_search, search
from accounts.services.erasure import look_through
from accounts.services.merging import forget_old_details
from accounts.services.promises import note_late_promises
from accounts.services.tier import end_expired_tiers
from accounts.services.value import recompute_tiers
from pmcrm.notices.services import send_waiting


@shared_task
def end_tiers() -> None:
    """Called every night: tiers set by hand whose last day is over."""
    end_expired_tiers()


@shared_task
def compute_tiers() -> None:
    """Asked for where the weights of the tier changed: every tier anew. Safe to do twice."""
    recompute_tiers()


@shared_task
def tell_late_promises() -> None:
    """Called every morning: who answers for a late promise hears of it, once a day. Safe to run twice."""
    note_late_promises()
    send_waiting()


@shared_task
def search_duplicates(search_id: int) -> None:
    """Do one search. A late or second copy finds nothing to do."""
    search(search_id)


@shared_task
def restart_silent_searches() -> None:
    """Called by the clock: searches whose worker shows no sign of life go to another one."""
    for search_id in DuplicateSearch.silent().values_list("pk", flat=True):
        search_duplicates.delay(search_id)


@shared_task
def search_duplicates_nightly() -> None:
    """Called every night; what was kept for undoing old merges goes then, too."""
    forget_old_details()
    found, is_new = request_search(actor=None)
    if is_new:
        search_duplicates.delay(found.pk)


@shared_task
def look_for_mentions(erasure_id: int) -> None:
    """Look through all texts for a person who was erased. A late or second copy finds nothing to do."""
    look_through(erasure_id)


@shared_task
def restart_silent_erasures() -> None:
    """Called by the clock: erasures whose worker shows no sign of life go to another one."""
    for erasure_id in Erasure.silent().values_list("pk", flat=True):
        look_for_mentions.delay(erasure_id)


@shared_task
def change_in_bulk(change_id: int) -> None:
    """Do one change of many accounts. A late or second copy finds nothing to do."""
    bulk.work(change_id)


@shared_task
def restart_silent_changes() -> None:
    """Called by the clock: changes whose worker shows no sign of life go to another one."""
    for change_id in BulkChange.silent().values_list("pk", flat=True):
        change_in_bulk.delay(change_id)
