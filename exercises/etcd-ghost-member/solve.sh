#!/bin/bash
member=$(etcdctl member list | awk -F ', ' '$2 == "unstarted" { print $1 }')
etcdctl member remove "$member"
