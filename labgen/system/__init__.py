"""All access to the host: processes, SSH, files, locks, the journal. Independent of labs."""
