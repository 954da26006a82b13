from segmentation.models.cost import CostPool, ExchangeRate, HourEntry, InputChange, MonthReopening, PoolRate
from segmentation.models.flag import Flag, FlagDismissal, FlagQuerySet, Level, ReviewFact
from segmentation.models.ledger import LedgerLine, LedgerQuerySet
from segmentation.models.run import AccountPoolShare, AccountProfit, AccountProfitQuerySet, ProfitRun, RunState

__all__ = [
    "AccountPoolShare",
    "AccountProfit",
    "AccountProfitQuerySet",
    "CostPool",
    "ExchangeRate",
    "Flag",
    "FlagDismissal",
    "FlagQuerySet",
    "HourEntry",
    "InputChange",
    "LedgerLine",
    "LedgerQuerySet",
    "Level",
    "MonthReopening",
    "PoolRate",
    "ProfitRun",
    "ReviewFact",
    "RunState",
]
