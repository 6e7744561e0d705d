#!/bin/bash
rm -rf /var/lib/etcd/member
pkill --signal KILL --exact etcd
