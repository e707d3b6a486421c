"""Areas, users, profiles, assignments, approval routes, my work, running work, imports and history; the first-run assistant.

Always on, and built with the public mechanism only: if this module can be written, any can.
"""
