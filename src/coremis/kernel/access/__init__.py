"""Users, access profiles, assignments, sign-in and second factor."""
