# The output of a run: one line per subject, and on failure a last line with the error.

report::changed() {
  printf 'changed %s\n' "$*"
}

report::ok() {
  printf 'ok %s\n' "$*"
}

# report::fail MESSAGE: end the run. MESSAGE tells what is wrong and what to do.
report::fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# report::error_at FILE LINE COMMAND STATUS: print the error of the ERR trap.
report::error_at() {
  # A subshell's failure is reported once, by the shell that ends because of it.
  ((BASH_SUBSHELL == 0)) || exit "$4"
  printf 'error: %s:%s: %s (exit %s)\n' "$1" "$2" "${3%%$'\n'*}" "$4" >&2
}
