"""How a case moves in a month: the chances, chosen so that about 8 % of children join and 8 % leave."""

# From a status: (what comes next, chance in a month). What is left over stays as it is.
MONTHLY = {
    "front_door": (("closed", 0.44), ("open_assessment", 0.47), ("early_help", 0.09)),
    "open_assessment": (
        ("closed", 0.16),
        ("child_in_need", 0.17),
        ("child_protection", 0.05),
        ("looked_after", 0.015),
        ("early_help", 0.025),
    ),
    "early_help": (("closed", 0.095), ("front_door", 0.005)),
    "child_in_need": (("closed", 0.064), ("child_protection", 0.018), ("looked_after", 0.004)),
    "child_protection": (("child_in_need", 0.052), ("looked_after", 0.016), ("closed", 0.002)),
    "looked_after": (("closed", 0.015), ("child_in_need", 0.002)),
    "care_leaver": (("closed", 0.018),),
}

# Where children come from: joiners in a month as a share of the status's usual number.
ARRIVALS = {
    "front_door": 0.86,
    "open_assessment": 0.09,
    "early_help": 0.06,
    "looked_after": 0.004,
    "care_leaver": 0,
}

# How strongly a status is pulled back to its usual number, a share of the gap in a month.
PULL = 0.3

# Siblings mostly move together: the share of moves that follow the family's own draw.
TOGETHER = 0.85

CASE_CHANGES_WORKER = 0.02
WORKER_LEAVES = 0.017
UNALLOCATED_IS_ALLOCATED = 0.7


def next_step(status: str, draw: float) -> str | None:
    """Return what a uniform draw between 0 and 1 makes of a case this month, or None where it stays."""
    edge = 0.0
    for target, chance in MONTHLY[status]:
        edge += chance
        if draw < edge:
            return target
    return None
