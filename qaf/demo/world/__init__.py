"""A seeded, pure simulation of five councils: staff, families, caseloads, months, grades and words.

Nothing here touches Django or the database. The same seed and dates give the same world on any machine.
"""

from qaf.demo.world.plan import CouncilPlan, load_plans, plan_for
from qaf.demo.world.population import World

__all__ = ["CouncilPlan", "World", "load_plans", "plan_for"]
