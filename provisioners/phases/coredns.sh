# phases/coredns.sh: require CoreDNS' replicas to run on different machines.
#
# kubeadm only prefers that: both replicas would run on the first control plane, the only node at that
# time. The phase has to run before the CNI makes the first node Ready, so that no pod has to be
# replaced. The readiness probe runs every second instead of every ten: the first one fails, because
# CoreDNS does not listen yet, and the pod would answer no names for ten seconds after each start.
# needs: COREDNS_REPLICAS
phase::coredns() {
  local wanted now
  # maxSurge 0: a rollout deletes an old pod first. A new pod would wait forever for a free machine.
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

# coredns::observe: print replicas, surge, the topology key of the anti-affinity and the probe's period.
coredns::observe() {
  local required=requiredDuringSchedulingIgnoredDuringExecution
  cluster::kubectl --namespace kube-system get deployment coredns --output "jsonpath={.spec.replicas} \
{.spec.strategy.rollingUpdate.maxSurge} {.spec.template.spec.affinity.podAntiAffinity.${required}[*].topologyKey} \
{.spec.template.spec.containers[0].readinessProbe.periodSeconds}"
}
