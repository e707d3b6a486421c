"""The register of persons and households: who they are, where they live, who belongs together and who may collect."""
