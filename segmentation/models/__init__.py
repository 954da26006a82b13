from segmentation.models.cost import CostPool, ExchangeRate, HourEntry, InputChange, MonthReopening, PoolRate
from segmentation.models.exit_agreement import CoalitionRow, ExitSignature, ExitSnapshot
from segmentation.models.exit_offer import ExitOffer, ExitTask
from segmentation.models.exit_plan import DisplacedItem, ExitPlan, ExitPlanQuerySet, ExitRemedy, TradeOffPool
from segmentation.models.flag import Flag, FlagDismissal, FlagQuerySet, Level, ReviewFact
from segmentation.models.ledger import LedgerLine, LedgerQuerySet
from segmentation.models.run import AccountPoolShare, AccountProfit, AccountProfitQuerySet, ProfitRun, RunState

__all__ = [
    "AccountPoolShare",
    "AccountProfit",
    "AccountProfitQuerySet",
    "CoalitionRow",
    "CostPool",
    "DisplacedItem",
    "ExchangeRate",
    "ExitOffer",
    "ExitPlan",
    "ExitPlanQuerySet",
    "ExitRemedy",
    "ExitSignature",
    "ExitSnapshot",
    "ExitTask",
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
    "TradeOffPool",
]
