"""Saved filters: questions about people, households and beneficiaries that an officer puts together, keeps and shares."""
