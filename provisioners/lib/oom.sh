# OOM scores on a machine that may not lower them.

# oom::install: a runc that leaves them alone, for runtimes that have no setting for it as containerd has.
# Their configuration names it where it is needed.
oom::install() {
  file::install "$FILES/runc-as-allowed" /usr/local/libexec/labgen/runc-as-allowed 755
}
