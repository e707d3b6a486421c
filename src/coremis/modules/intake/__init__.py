"""Files of persons and households on their way into the register: mapped, checked, approved, applied."""
