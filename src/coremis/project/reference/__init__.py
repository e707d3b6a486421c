"""The reference in docs/reference: written from the code, so that it cannot say anything else than the code does."""
