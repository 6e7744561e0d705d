# phases/reset.sh: remove the remains of an init or a join that was interrupted.
phase::reset() {
  if cluster::finished init || cluster::finished join; then
    report::fail "this machine is a member of the cluster"
  fi
  cluster::reset
}
