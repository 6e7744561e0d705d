#!/bin/bash
# The Service that it names does not exist, so there is nothing to keep.
kubectl delete validatingwebhookconfiguration site-policy
