#!/bin/bash
etcdctl member add master9 --learner --peer-urls="https://${SUBNET%.*}.250:2380"
