# What a run says: one line per subject, and one line at its end when it fails.

report::changed() {
  printf 'changed %s\n' "$*"
}

report::ok() {
  printf 'ok %s\n' "$*"
}

# report::fail MESSAGE: the run ends here; MESSAGE says what is wrong and what to do.
report::fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# report::error_at FILE LINE COMMAND STATUS: what the ERR trap has to say.
report::error_at() {
  # A subshell's failure is told once, by the shell that ends because of it.
  ((BASH_SUBSHELL == 0)) || exit "$4"
  printf 'error: %s:%s: %s (exit %s)\n' "$1" "$2" "${3%%$'\n'*}" "$4" >&2
}
