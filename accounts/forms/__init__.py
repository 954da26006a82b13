from accounts.forms.account import AccountForm
from accounts.forms.contact import ContactForm, MoveForm
from accounts.forms.contact_filters import ContactFilters
from accounts.forms.filters import AccountFilters
from accounts.forms.inside import EnrolmentEndForm, EnrolmentForm, ServesForm
from accounts.forms.manners import MannersForm
from accounts.forms.product import ProductForm
from accounts.forms.promise import PromiseForm, SettleForm
from accounts.forms.relation import (
    BoardForm,
    ContributionForm,
    PlayEndForm,
    PlayForm,
    ReferenceFilterForm,
    ReferenceUseForm,
    RivalForm,
)
from accounts.forms.strategic import StrategicEntryForm, StrategicForm, StrategicRemoveForm
from accounts.forms.value import AssessForm, TierForm

__all__ = [
    "AccountFilters",
    "AccountForm",
    "AssessForm",
    "BoardForm",
    "ContactFilters",
    "ContactForm",
    "ContributionForm",
    "EnrolmentEndForm",
    "EnrolmentForm",
    "MannersForm",
    "MoveForm",
    "PlayEndForm",
    "PlayForm",
    "ProductForm",
    "PromiseForm",
    "ReferenceFilterForm",
    "ReferenceUseForm",
    "RivalForm",
    "ServesForm",
    "SettleForm",
    "StrategicEntryForm",
    "StrategicForm",
    "StrategicRemoveForm",
    "TierForm",
]
