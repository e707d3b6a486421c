"""The names of the two prepared files."""

FAULTS_FILE, PROVIDER_FILE = "sanzira-twelve-faults.csv", "sanzira-floods-provider.csv"
PREPARED = (FAULTS_FILE, PROVIDER_FILE)
