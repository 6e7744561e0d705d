# phases/coredns.sh: CoreDNS' replicas on different machines.
#
# kubeadm merely prefers that, and puts both on the first master, which is alone at that time. To
# be run before the CNI makes the first node Ready: then no pod has started that would be replaced.
# needs: COREDNS_REPLICAS
phase::coredns() {
  local wanted now
  # maxSurge 0: a new pod never waits for the place of an old one, so a rollout cannot hang.
  wanted="$COREDNS_REPLICAS 0 kubernetes.io/hostname"
  now=$(coredns::observe)
  if [[ $now == "$wanted" ]]; then
    report::ok "CoreDNS on $COREDNS_REPLICAS machines"
    return
  fi
  cluster::kubectl --namespace kube-system patch deployment coredns --type merge --patch '{"spec": {
    "replicas": '"$COREDNS_REPLICAS"',
    "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
    "template": {"spec": {"affinity": {"podAntiAffinity": {
      "preferredDuringSchedulingIgnoredDuringExecution": null,
      "requiredDuringSchedulingIgnoredDuringExecution": [{
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}]}}}}}}'
  report::changed "CoreDNS on $COREDNS_REPLICAS machines"
}

# coredns::observe: replicas, surge, and what its pods must not share.
coredns::observe() {
  local required=requiredDuringSchedulingIgnoredDuringExecution
  cluster::kubectl --namespace kube-system get deployment coredns --output "jsonpath={.spec.replicas} \
{.spec.strategy.rollingUpdate.maxSurge} {.spec.template.spec.affinity.podAntiAffinity.${required}[*].topologyKey}"
}
