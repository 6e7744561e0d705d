# phases/coredns.sh: CoreDNS' replicas on different machines.
#
# kubeadm merely prefers that, and puts both on the first master, which is alone at that time. To
# be run before the CNI makes the first node Ready: then no pod has started that would be replaced.
# Its readiness is asked every second instead of every ten: it fails the first time, being asked
# before it listens, and names would be unanswered for ten seconds after every start.
# needs: COREDNS_REPLICAS
phase::coredns() {
  local wanted now
  # maxSurge 0: a new pod never waits for the place of an old one, so a rollout cannot hang.
  wanted="$COREDNS_REPLICAS 0 kubernetes.io/hostname 1"
  now=$(coredns::observe)
  if [[ $now == "$wanted" ]]; then
    report::ok "CoreDNS on $COREDNS_REPLICAS machines"
    return
  fi
  cluster::kubectl --namespace kube-system patch deployment coredns --type strategic --patch '{"spec": {
    "replicas": '"$COREDNS_REPLICAS"',
    "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
    "template": {"spec": {
      "containers": [{"name": "coredns", "readinessProbe": {"periodSeconds": 1}}],
      "affinity": {"podAntiAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": null,
        "requiredDuringSchedulingIgnoredDuringExecution": [{
          "topologyKey": "kubernetes.io/hostname",
          "labelSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}]}}}}}}'
  report::changed "CoreDNS on $COREDNS_REPLICAS machines"
}

# coredns::observe: replicas, surge, what its pods must not share, and the readiness period.
coredns::observe() {
  local required=requiredDuringSchedulingIgnoredDuringExecution
  cluster::kubectl --namespace kube-system get deployment coredns --output "jsonpath={.spec.replicas} \
{.spec.strategy.rollingUpdate.maxSurge} {.spec.template.spec.affinity.podAntiAffinity.${required}[*].topologyKey} \
{.spec.template.spec.containers[0].readinessProbe.periodSeconds}"
}
