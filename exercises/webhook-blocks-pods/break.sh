#!/bin/bash
kubectl apply -f files/webhook.yaml
