"""Payment cycles and payrolls: from who is due what to the proof that it arrived."""
