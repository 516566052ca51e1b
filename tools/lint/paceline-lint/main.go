// Command paceline-lint runs this project's own rules: paceline-lint ./...
package main

import (
	"golang.org/x/tools/go/analysis/multichecker"

	"github.com/paceline/paceline/tools/lint"
)

func main() { multichecker.Main(lint.Analyzers...) }
