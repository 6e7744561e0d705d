"""The only doors to the outside: processes, SSH, files, locks, the journal. Knows no labs."""
