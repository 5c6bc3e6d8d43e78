"""What a county may set for itself: who is eligible, what fifty members make, which branches count as weak, every limit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from numbers import Integral
from pathlib import Path
from typing import Any

from analysis.faults import Fault, fault
from analysis.model import AnalysisError, Named, Term
from analysis.reference import limit, rules


class Eligible(Named):
    """Which organisations should have a Party organisation; forms of the report's time print more than one definition."""

    full = Term("正式党员达到最低人数（R01）", "full members reach the least number (R01)")
    full_time = Term("专职人员中的正式党员达到最低人数（R02）", "full members among the full-time staff reach it (R02)")
    any_member = Term("有一名正式党员即可（R02b）", "one full member will do (R02b)")


class Fifty(Named):
    """What a branch of exactly the usual upper limit is: the rules meet there, and sources differ."""

    branch = Term("仍是支部（R03）", "still a branch (R03)")
    general_branch = Term("应设总支（R06）", "already a general branch (R06)")


class AgeBand(Named):
    """Whether a form's column '35岁以下' has those aged 35 in it: official tables print both bands."""

    included = Term("含三十五岁", "with those aged 35")
    excluded = Term("不含三十五岁", "without those aged 35")


class Unreadable(Named):
    """What becomes of a cell of a ledger that cannot be read for certain."""

    refuse = Term("拒绝整份台账，逐一列出", "the ledger is refused, and each is named")
    unknown = Term("按不知道处理，逐一列出", "it is left unknown, and each is named")


class Criterion(Named):
    """A criterion by which a county may call a branch weak; no national list exists for social organisations."""

    election_overdue = Term("逾期未换届", "election overdue")
    meetings = Term("党员大会次数不足", "too few members' meetings")
    organisation_life = Term("组织生活会次数不足", "too few organisational-life meetings")
    classes = Term("党课次数不足", "too few Party classes")
    satisfaction = Term("民主评议满意率低", "low satisfaction in the appraisal")
    no_rules = Term("没有成文制度", "no written rules")
    few_members = Term("正式党员不足最低人数", "fewer full members than the least number")


_A_YEAR = Term("次（一年）", "a year")
# what the limit of a criterion counts
LIMIT_UNITS = {
    Criterion.election_overdue: Term("年", "years"),
    Criterion.meetings: _A_YEAR,
    Criterion.organisation_life: _A_YEAR,
    Criterion.classes: _A_YEAR,
    Criterion.satisfaction: Term("%", "%"),
    Criterion.few_members: Term("人", "members"),
}


class SettingsError(AnalysisError):
    """A file of settings that cannot be used; `faults` holds every mistake found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("Settings · 设定:\n" + "\n".join(f"  {fault}" for fault in faults))


@dataclass(frozen=True)
class Settings:
    """The choices behind the indicators; ASSUMPTIONS.md says why each default is as it is.

    Attributes
    ----------
    eligible
        Which organisations should have a Party organisation (C18).
    fifty
        What exactly the usual upper limit of members makes (C19).
    weak, weak_at_least
        The county's criteria for a weak branch, and how many of them make one (C20).
    overdue_years
        How many years beyond its term an election must be to count among those criteria [years].
    training_months
        After how many months a secretary is long without training (C21) [months].
    limits
        Numbers that replace those of a rule, by its code.
    age_35
        Whether a ledger's column '35岁以下' has those aged 35 in it (C28).
    unreadable
        What becomes of a cell that cannot be read (C29).

    Raises
    ------
    SettingsError
        If a code is none of its list, a number is not a whole one that can be, or a rule does not exist.

    >>> Settings(limits={"R19": 2}).limit("R19"), Settings().limit("R19")
    (2, 4)
    """

    eligible: Eligible = Eligible.full
    fifty: Fifty = Fifty.branch
    weak: tuple[Criterion, ...] = (Criterion.election_overdue, Criterion.meetings, Criterion.organisation_life, Criterion.satisfaction)
    weak_at_least: int = 1
    overdue_years: int = 0
    training_months: int = 24
    limits: Mapping[str, int] = field(default_factory=dict)
    age_35: AgeBand = AgeBand.included
    unreadable: Unreadable = Unreadable.refuse

    def __post_init__(self) -> None:
        faults = []
        for each in fields(self):
            given = getattr(self, each.name)
            try:
                object.__setattr__(self, each.name, _value(each.name, given))
            except (TypeError, ValueError, AnalysisError):
                faults.append(_fault("Settings", each.name, given))
        if faults:
            raise SettingsError(faults)
        if self.weak and self.weak_at_least > len(self.weak):
            # no branch could ever be weak, whatever its cells
            raise SettingsError([fault("too_few_criteria", "weak_at_least", value=str(self.weak_at_least), count=len(self.weak))])

    def limit(self, rule: str) -> int:
        """Return the number of a rule, or what is set in its place."""
        return self.limits.get(rule, limit(rule))


_VOCABULARIES: dict[str, type[Named]] = {
    "eligible": Eligible,
    "fifty": Fifty,
    "weak": Criterion,
    "age_35": AgeBand,
    "unreadable": Unreadable,
}
_COUNTS = {"weak_at_least": 1, "overdue_years": 0, "training_months": 1}
_MOST = 1000  # no limit of a county's is larger, and a calendar has an end


_NAMES: dict[str, tuple[Term, str]] = {
    "eligible": (Term("谁算应建", "who should have a Party organisation"), "C18"),
    "fifty": (Term("恰好五十名党员", "exactly fifty members"), "C19"),
    "weak": (Term("软弱涣散的条件", "criteria for a weak branch"), "C20"),
    "weak_at_least": (Term("满足几条算软弱涣散", "how many of them make one"), "C20"),
    "overdue_years": (Term("换届逾期几年才算一条", "years overdue for an election to count"), "C20"),
    "training_months": (Term("书记几个月没受训算久未受训", "months without training"), "C21"),
    "age_35": (Term("台账的“35岁以下”", "a ledger's band '35岁以下'"), "C28"),
    "unreadable": (Term("读不了的单元格", "a cell that cannot be read"), "C29"),
    "limits": (Term("替换的规定数", "limits of our own"), ""),
}


def described(settings: Settings) -> list[tuple[Term, Term, str]]:
    """Return what is set, in words: name, value, and the choice it belongs to; an asterisk marks what is not the default.

    >>> described(Settings(training_months=36))[5]
    (Term(zh='书记几个月没受训算久未受训', en='months without training'), Term(zh='36', en='36'), ' [C21] *')
    """
    rows = []
    for key, (name, choice) in _NAMES.items():
        value, default = getattr(settings, key), getattr(DEFAULT_SETTINGS, key)
        if isinstance(value, Named):
            words = value.term
        elif key == "weak":
            words = Term("、".join(each.term.zh for each in value), ", ".join(each.term.en for each in value))
        elif key == "limits":
            given = ", ".join(f"{rule} = {number}" for rule, number in value.items())
            words = Term(given or "无", given or "none")
        else:
            words = Term(str(value), str(value))
        rows.append((name, words, (f" [{choice}]" if choice else "") + (" *" if value != default else "")))
    return rows


def load_settings(path: Path | str) -> Settings:
    """Return the settings that a TOML file holds; what it does not name keeps its default.

    Raises
    ------
    SettingsError
        With every fault: key, value, what to do.
    """
    file = Path(path).name
    try:
        data = tomllib.loads(Path(path).read_text("utf-8-sig"))
    except (FileNotFoundError, IsADirectoryError, PermissionError):  # Windows says the last of a folder
        raise SettingsError([fault("no_settings", str(path))]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([fault("not_toml", file, error=error)]) from None
    faults, values = [], {}
    for key, given in data.items():
        try:
            values[key] = _value(key, given)
        except (TypeError, ValueError, AnalysisError):
            faults.append(_fault(file, key, given))
    if faults:
        raise SettingsError(faults)
    return Settings(**values)


def _value(key: str, given: Any) -> Any:
    if key in _COUNTS and _is_whole(given) and _COUNTS[key] <= given <= _MOST:
        return int(given)
    if key == "weak" and isinstance(given, list | tuple):
        return tuple(dict.fromkeys(Criterion.of(code) for code in given))
    if key in _VOCABULARIES and key != "weak":
        return _VOCABULARIES[key].of(given)
    if (
        key == "limits"
        and isinstance(given, Mapping)
        and all(_is_whole(number) and 0 <= number <= _MOST for number in given.values())
        and (not given or set(given) <= set(rules()["code"]))
    ):
        return {rule: int(number) for rule, number in given.items()}
    raise ValueError(key)


def _is_whole(given: object) -> bool:
    return isinstance(given, Integral) and not isinstance(given, bool)


def _fault(file: str, key: str, given: object) -> Fault:
    if key in _VOCABULARIES:
        return fault("code", file, column=key, value=str(given), known=", ".join(_VOCABULARIES[key].__members__))
    if key in _COUNTS or key == "limits":
        return fault("setting", file, column=key, value=str(given), most=_MOST, known=", ".join(rules()["code"]))
    return fault("key", file, column=key, known=", ".join(each.name for each in fields(Settings)))


DEFAULT_SETTINGS = Settings()
