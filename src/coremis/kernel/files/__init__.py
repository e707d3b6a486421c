"""Files: attachments served by id through the permission check; reading and writing CSV and XLSX."""
