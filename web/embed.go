// Package web carries the built web pages inside the binary. The sources are
// TypeScript (see README.md in this folder); `make web` builds them into dist.
package web

import "embed"

// Dist holds the folder dist: index.html, which is served at /docs, and
// assets/*, served at /docs/assets/* under names that change with their
// content. Without a web build it holds only the file dist/.keep, so the
// program compiles with Go alone; whoever serves it must say so in that case.
//
//go:embed all:dist
var Dist embed.FS
