"""How much a beneficiary receives: versioned rules made of parts, with caps, rounding and example cases."""
