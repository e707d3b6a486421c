"""Community validation of a targeting list: the village list on paper and as a workbook, the meeting, and what the community said."""
