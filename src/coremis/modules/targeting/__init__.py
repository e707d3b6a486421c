"""How a programme finds whom it helps.

Campaigns of stages, quotas, village lists, community validation, appeals and the enrolment of those who were chosen.
"""
