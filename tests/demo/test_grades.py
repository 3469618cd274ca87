"""The grading model: improving slowly, leads kinder than peers, some audits agreed and some not."""

from statistics import fmean

from qaf.demo.world.grades import DOMAINS, Practice

TEAMS = [f"Team {letter}" for letter in "ABCDEFGHIJKL"]


def year(seed="a council"):
    """Return the verdicts of a year of 21 audits a month, month by month."""
    practice = Practice(seed, TEAMS)
    return [
        [practice.judge(f"case {month}-{n}", TEAMS[n % 12], month, list(DOMAINS)) for n in range(21)]
        for month in range(12)
    ]


def ranks(verdicts, side, domain=None):
    """Return all ranks that one side gave, in one domain or in all."""
    opinions = [getattr(verdict, side).domains for verdict in verdicts]
    return [
        rank
        for opinion in opinions
        for key, rank in opinion.items()
        if rank is not None and domain in (None, key)
    ]


def test_lead_auditors_are_about_a_third_of_a_grade_more_generous_than_peers():
    audits = [verdict for month in year() for verdict in month]
    assert 0.2 <= fmean(ranks(audits, "lead")) - fmean(ranks(audits, "peer")) <= 0.4


def test_practice_improves_slowly_over_the_year():
    months = year()
    first = [verdict for month in months[:4] for verdict in month]
    last = [verdict for month in months[-4:] for verdict in month]
    assert 0.1 <= fmean(ranks(last, "peer")) - fmean(ranks(first, "peer")) <= 0.6


def test_management_oversight_is_the_weakest_domain_and_the_child_s_voice_the_strongest():
    audits = [verdict for month in year() for verdict in month]
    means = {domain: fmean(ranks(audits, "peer", domain)) for domain in DOMAINS}
    assert min(means, key=means.__getitem__) == "management_oversight"
    assert max(means, key=means.__getitem__) == "voice_of_child"


def test_talking_brings_grades_together_but_leaves_enough_to_moderate():
    audits = [verdict for month in year() for verdict in month]
    before = sum(1 for verdict in audits if not verdict.lead.differs_from(verdict.peer))
    after = sum(1 for verdict in audits if not verdict.lead_submits.differs_from(verdict.peer_submits))
    assert before < after
    assert 0.2 <= after / len(audits) <= 0.6


def test_a_change_after_the_talk_takes_the_other_side_s_grade_and_keeps_the_first_opinion():
    audits = [verdict for month in year() for verdict in month if verdict.changes]
    assert len(audits) > 50
    for verdict in audits:
        for change in verdict.changes:
            changed, other = (
                (verdict.lead_submits, verdict.peer)
                if change.side == "lead"
                else (verdict.peer_submits, verdict.lead)
            )
            key = change.key
            given = (
                (changed.overall, other.overall)
                if key == "overall"
                else (changed.domains[key], other.domains[key])
            )
            assert given == (change.rank, change.rank)
            first = verdict.lead if change.side == "lead" else verdict.peer
            assert change.rank != (first.overall if key == "overall" else first.domains[key])


def test_a_year_holds_a_few_inadequate_and_a_few_outstanding_audits():
    overall = [verdict.peer_submits.overall for month in year() for verdict in month]
    assert 3 <= overall.count(1) <= 25
    assert 3 <= overall.count(4) <= 50


def test_the_same_case_gets_the_same_verdict_again():
    assert year() == year()
    assert year() != year("another council")
