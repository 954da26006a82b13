"""How figures, dates and states are written, as filters of every template."""

from __future__ import annotations

from django import template

from pmcrm import figures

register = template.Library()

for write in (
    figures.number,
    figures.money,
    figures.signed,
    figures.in_currency,
    figures.short_money,
    figures.percent,
    figures.signed_percent,
    figures.percent_of,
    figures.times,
    figures.hours,
    figures.minutes,
    figures.tone,
    figures.loss_only,
    figures.file_size,
    figures.local_date,
    figures.short_date,
    figures.local_time,
    figures.clock,
    figures.month,
    figures.machine_time,
    figures.ago,
    figures.until,
    figures.is_past,
    figures.initials,
    figures.share_of_max,
    figures.state_tone,
    figures.state_icon,
    figures.strip,
    figures.fields_with_errors,
    figures.unlocalized,
    figures.minus,
):
    register.filter(write.__name__, write)
