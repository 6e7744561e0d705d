//go:build tools

// Package tools names the program that labgen builds, so that go.mod and go.sum hold what it needs.
package tools

import (
	_ "github.com/cri-o/cri-o/cmd/crio"
)
